"""What is said of the method: how it was done, why this many segments, and how sure it is."""

from __future__ import annotations

from datetime import date

from segreport.domain import WEAK_FROM, Sentence
from segreport.narrate.say import Slot, say, say_with_lead
from segreport.narrate.whole import Whole


def tell_method(w: Whole) -> list[Sentence]:
    """The page of the method: why this many segments, and how sure each is."""
    n, weak = w.n().capitalize(), not w.stands_apart()
    edges = "soft at the edges" if weak else "well apart"
    stable = "they come back in resamples" if w.all_come_back() else "not all come back in resamples"
    title = (
        "{n} groups: {stable}, {edges}" if not w.none else "How we looked for segments, and why we say there are none"
    )
    return [
        say("method", title, n=n, stable=stable, edges=edges),
        _why(w),
        _reason(w),
        say("map", "The groups blend at the borders" if weak else "The groups stand apart"),
        say(
            "map_note",
            "One dot per customer on the two main axes of difference ({share})",
            share=w.book["method.explained"],
        ),
        _stability(w),
        say("sure", _sure_text(w), low=w.book["method.lowest_overlap"], n=w.book["method.resamples"]),
    ]


def _stability(w: Whole) -> Sentence:
    n = w.n()
    everyone = "Both" if w.segmentation.k == 2 else f"All {n}"
    text = f"{everyone} come back in resamples" if w.all_come_back() else f"Not all {n} come back in resamples"
    return say("stability", text)


def _sure_text(w: Whole) -> str:
    if w.all_come_back():
        return "All groups come back when customers are resampled (lowest mean overlap {low} in {n} resamples)."
    return "The least stable group has a mean overlap of {low} in {n} resamples; 0.75 and more counts as stable."


def _why(w: Whole) -> Sentence:
    """The title above the scores."""
    k, scores = w.segmentation.k, w.segmentation.scores
    best = max(scores, key=lambda s: s.silhouette).k
    if w.none:
        return say("why", "No number of groups separates well")
    if w.segmentation.k_asked:
        return say("why", "{k} segments, as asked", k=w.word(k).capitalize())
    if best == k:
        return say("why", "{k} groups separate best", k=w.word(k).capitalize())
    text = "{best} separate best, {k} stand out most"
    if w.best_k() != k:
        text = "{best} separate best; {k} all come back"
    return say("why", text, best=w.word(best).capitalize(), k=w.word(k))


def _reason(w: Whole) -> Sentence:
    k, scores = w.segmentation.k, w.segmentation.scores
    best, excess = max(scores, key=lambda s: s.silhouette), max(scores, key=lambda s: s.excess)
    if w.none:
        return say(
            "reason",
            "No number of groups separates these customers much better than noise: "
            "the largest gain is {gain}, and structure begins at {edge}.",
            gain=w.book[f"score.{excess.k}.excess"],
            edge=w.book.add("method.weak_from", WEAK_FROM, "score"),
        )
    parts = ["Measured by their centres, {k} groups stand {excess} above data without structure"]
    slots: dict[str, Slot] = {"k": w.word(k), "excess": w.book[f"score.{k}.excess"]}
    if w.segmentation.k_asked and excess.k != k:
        parts.append("; left to itself, the program would look at {choice} first ({choice_excess}).")
    elif excess.k == k:
        parts.append(", more than any other number.")
    else:
        parts.append("; {choice} stand higher ({choice_excess}), but not all of them come back.")
    slots |= {"choice": w.word(excess.k), "choice_excess": w.book[f"score.{excess.k}.excess"]}
    if best.k != k and not w.segmentation.k_asked:
        parts.append(" {best} groups have the higher silhouette ({best_score} against {own}).")
        slots |= {"best": w.word(best.k).capitalize(), "best_score": w.book[f"score.{best.k}.silhouette"]}
        slots["own"] = w.book[f"score.{k}.silhouette"]
    if w.all_come_back():
        parts.append(" Both come back in resamples." if k == 2 else " All of them come back in resamples.")
    return say("reason", "".join(parts), **slots)


def tell_source(w: Whole) -> Sentence:
    """The line at the foot of every page, behind the name of the source."""
    read = ""
    slots: dict[str, Slot] = {
        "rows": w.book["source.rows"],
        "k": str(w.segmentation.k),
        "seed": str(w.segmentation.seed),
    }
    if w.as_of:
        day = date.fromisoformat(w.as_of[:10])
        read, slots["day"] = ", as of {day}", w.book.formats.day(day)
    tail = "Tried: k-means, k = {low} to {high}, seed {seed}." if w.none else "Segments: k-means, k = {k}, seed {seed}."
    slots |= {"low": str(w.segmentation.scores[0].k), "high": str(w.segmentation.scores[-1].k)}
    return say("source_line", "{rows} rows" + read + ". " + tail, **slots)


def tell_rely(w: Whole) -> list[Sentence]:
    """What stands where there are no segments: the proof, what to rely on, what would help."""
    return [
        say("noise", "The data separate no better than noise"),
        say(
            "noise_note",
            "Centroid silhouette by number of groups: these customers, and random data sets of the same shape (band)",
        ),
        say_with_lead(
            "rely",
            "The averages.",
            "Means, shares and spreads of all customers are sound; they are in the workbook.",
        ),
        say_with_lead(
            "rely",
            "Simple rules.",
            "A split you choose yourself, such as the top fifth by income, is a rule and not a discovery. "
            "It needs no model.",
        ),
        say_with_lead("help", "Add behaviour:", "products bought, channels, dates of orders."),
        say_with_lead("help", "Add time:", "recency and change say more than levels."),
        say_with_lead("help", "Run again:", "segreport will say when groups appear."),
    ]
