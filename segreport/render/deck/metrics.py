"""How wide a text will be: advance widths of the deck's fonts, so that none need be installed where segreport runs."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# Thousandths of an em for the characters from space to tilde, of Calibri and Georgia (as their metric twins have them).
_CALIBRI = (
    "226 326 401 498 507 715 682 221 303 303 498 498 250 306 252 386 507 507 507 507 507 507 507 507 507 "
    "507 268 268 498 498 498 463 894 579 544 533 615 488 459 631 623 252 319 520 420 855 646 662 517 673 "
    "543 459 487 642 567 890 519 487 468 307 386 307 498 498 291 479 525 423 525 498 305 471 525 229 239 "
    "455 229 799 525 527 525 525 349 391 335 525 452 715 433 453 395 314 460 314 498 "
)
_CALIBRI_BOLD = (
    "226 326 438 498 507 729 705 233 312 312 498 498 258 306 267 430 507 507 507 507 507 507 507 507 507 "
    "507 276 276 498 498 498 463 898 606 561 529 630 488 459 637 631 267 331 547 423 874 659 676 532 686 "
    "563 473 495 653 591 906 551 520 478 325 430 325 498 498 300 494 537 418 537 503 316 474 537 246 255 "
    "480 246 813 537 538 537 537 355 399 347 537 473 745 459 474 397 344 475 344 498 "
)
_GEORGIA = (
    "241 331 412 643 610 817 710 215 375 375 472 643 270 374 270 469 614 430 559 552 565 528 566 502 596 "
    "566 312 312 643 643 643 479 929 671 654 642 749 653 599 725 815 390 518 694 604 927 767 744 610 744 "
    "702 561 619 756 667 976 710 615 602 375 469 375 643 643 500 504 560 454 574 483 325 509 582 293 292 "
    "536 286 881 591 539 571 560 410 432 345 575 497 737 505 492 444 430 375 430 643 "
)
_GEORGIA_BOLD = (
    "254 376 510 703 641 879 799 269 447 447 482 703 328 379 328 472 701 490 626 625 649 599 648 554 676 "
    "648 367 367 703 703 703 548 967 758 757 715 834 721 671 807 913 446 595 817 686 1023 839 820 701 820 "
    "797 649 684 833 762 1126 809 732 689 447 472 447 703 703 500 596 646 531 663 572 393 577 680 354 346 "
    "632 344 1016 690 636 658 648 520 513 397 677 567 863 588 562 525 500 388 500 703 "
)
_TABLES = {
    (serif, bold): tuple(int(width) for width in text.split())
    for serif, bold, text in (
        (False, False, _CALIBRI),
        (False, True, _CALIBRI_BOLD),
        (True, False, _GEORGIA),
        (True, True, _GEORGIA_BOLD),
    )
}
_WIDE = 1000
_UNKNOWN = 600


def text_width(text: str, points: float, *, bold: bool = False, serif: bool = False) -> float:
    """The width in points of one line of text."""
    return sum(_advance(letter, bold, serif) for letter in text) * points / 1000


def wrap(text: str, points: float, width: float, *, bold: bool = False, serif: bool = False) -> list[str]:
    """The lines that the text breaks into within ``width`` points; a word that is too long stays whole."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and text_width(longer, points, bold=bold, serif=serif) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


@lru_cache(maxsize=4096)
def _advance(letter: str, bold: bool, serif: bool) -> int:
    base = unicodedata.normalize("NFD", letter)[0]
    if base == "\N{NO-BREAK SPACE}":
        base = " "
    if " " <= base <= "~":
        return _TABLES[serif, bold][ord(base) - 32]
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Cf", "Mn"):
        return 0
    return _WIDE if unicodedata.east_asian_width(letter) in "WF" else _UNKNOWN
