"""What is said of the report as a whole, page by page; written last, from the facts."""

from __future__ import annotations

from segreport.domain import Sentence
from segreport.formatting import list_words
from segreport.narrate.method import tell_method, tell_rely, tell_source
from segreport.narrate.phrases import is_plural, measure_words
from segreport.narrate.quality import tell_quality
from segreport.narrate.say import Slot, lower_first, say, upper_first
from segreport.narrate.whole import Whole

ALIKE = 0.05
"""Shares of value and of customers are alike where no segment's differ by more."""
SILHOUETTES = (("strong", 0.7), ("reasonable", 0.5), ("weak", 0.25), ("very weak", -2.0))


def tell_whole(w: Whole) -> list[Sentence]:
    """Every sentence that is not about one segment alone."""
    sentences = [
        say("value_name", w.value_name),
        tell_source(w),
        _headline(w),
        _standfirst(w),
        _verdict(w),
        *_figures(w),
        _summary(w),
        _size_value(w),
        _glance(w),
        _actions(w),
        *tell_method(w),
        *tell_quality(w),
    ]
    return [*sentences, *tell_rely(w)] if w.none else sentences


def _headline(w: Whole) -> Sentence:
    if w.none:
        return say("headline", "We found no segments among these {n} customers", n=w.book["all.size"])
    hero = w.hero()
    if hero is None:
        verb = "part" if len(w.spoken()) > 1 else "parts"
        return _glance_sentence(w, "headline", "{n} groups of customers; {words} " + verb + " them")
    slots: dict[str, Slot] = {
        "short": w.shorts[hero.id],
        "share": w.of(hero, "share"),
        "value": w.value_name,
        "value_share": w.of(hero, "value.share"),
    }
    if w.largest_gap() < ALIKE:
        return say(
            "headline",
            "{n} groups of customers, each bringing about its share of the {value}",
            n=w.n().capitalize(),
            value=w.value_name,
        )
    if is_plural(w.shorts[hero.id]):
        return say("headline", "{short} are {share} of customers and bring {value_share} of the {value}", **slots)
    return say("headline", "{short}: {share} of customers bring {value_share} of the {value}", **slots)


def _standfirst(w: Whole) -> Sentence:
    if w.none:
        words = list_words(measure_words(w.spoken(), [m.column for m in w.spoken()][:3]))
        text = "{words} vary from customer to customer, but not in groups. "
        text += "Any cut is as good as any other, and the next run would cut elsewhere."
        return say("standfirst", text, words=upper_first(words))
    hero, largest = w.hero(), w.segments[0]
    if hero is None:
        return say("standfirst", "The largest group, {short}, is {share} of customers.", **w.slots(largest))
    if largest.id != hero.id:
        text, slots = (
            "The largest group, {short}, is {share} of customers and brings {value_share}.",
            w.slots(largest),
        )
    else:
        text = "They spend {mean} each; the average customer spends {all}."
        slots = {"mean": w.of(hero, "value.mean"), "all": w.book["all.value.mean"]}
    between = [s for s in w.by_value() if s.id not in (hero.id, largest.id) and s.stability != "tiny"]
    if between:
        middle = between[0]
        come = "come" if is_plural(w.shorts[middle.id]) else "comes"
        text += f" {{other}} {come} next with {{other_share}}, at {{other_mean}} each."
        slots |= {
            "other": w.shorts[middle.id],
            "other_mean": w.of(middle, "value.mean"),
            "other_share": w.of(middle, "value.share"),
        }
    return say("standfirst", text, **slots)


def _verdict(w: Whole) -> Sentence:
    groups = "Both groups" if w.segmentation.k == 2 else f"The {w.n()} groups"
    best = w.best_k()
    if w.none:
        return say("verdict", "These customers do not fall into groups. Do not plan campaigns on a split.")
    if w.segmentation.k_asked and not w.fits():
        text = "{n} groups were asked for; the data fit {best} better. Test before you spend on a split this fine."
        return say("verdict", text, n=w.n().capitalize(), best=w.word(best))
    clear, back = w.segmentation.verdict == "clear", w.all_come_back()
    text = {
        (True, True): "{groups} stand apart and come back when customers are resampled: plan by them.",
        (
            True,
            False,
        ): "{groups} stand apart, but not all come back when customers are resampled: plan by those that do.",
        (False, True): "{groups} come back when customers are resampled, yet they shade into each other: "
        "steer by them, do not treat the borders as facts.",
        (False, False): "{groups} can be drawn, but not all of them come back when customers are resampled: "
        "test before you spend on them.",
    }[clear, back]
    return say("verdict", text, groups=groups)


def _figures(w: Whole) -> list[Sentence]:
    best = f"score.{w.segmentation.k}."
    if w.none:
        return [
            _figure("customers", w.book["all.size"].id),
            _figure(f"separation at {w.n()} groups", f"{best}centroid_silhouette"),
            _figure("the same in noise, at best", f"{best}null_high"),
            _figure("agreement between two runs; one is perfect", "method.agreement"),
        ]
    money = (
        [
            _figure(f"{w.value_name} in total", "all.value.total"),
            _figure("average per customer", "all.value.mean"),
        ]
        if w.profile.value
        else []
    )
    spoken = (
        []
        if money
        else [
            _figure(f"average {words}", f"all.{m.column}.mean")
            for m in w.spoken()[:2]
            for words in measure_words((m,), [m.column])
        ]
    )
    return [
        _figure("customers", "all.size"),
        *money,
        *spoken,
        _figure("segments", "method.k"),
        _figure(_silhouette_label(w), f"{best}silhouette"),
    ]


def _summary(w: Whole) -> Sentence:
    hero, largest = w.hero(), w.segments[0]
    if w.none or hero is None:
        return _glance_sentence(w, "summary", "{n} groups that differ most in {words}")
    if hero.id == largest.id:
        text = "{hero_size} {hero} bring {hero_share} of the {value}, {mean} each"
    else:
        text = "{hero_size} {hero} bring {hero_share} of the {value}; "
        text += "the largest group, {size} {short}, brings {value_share}"
    return say(
        "summary",
        text,
        hero=lower_first(w.shorts[hero.id]),
        hero_size=w.of(hero, "size"),
        hero_share=w.of(hero, "value.share"),
        mean=w.of(hero, "value.mean"),
        value=w.value_name,
        **w.slots(largest),
        size=w.of(largest, "size"),
    )


def _size_value(w: Whole) -> Sentence:
    hero = w.hero()
    if w.none or hero is None:
        first = w.segments[0]
        return say(
            "size_value",
            "{short}: the largest group, {share} of customers",
            **(w.slots(first) | {"short": w.shorts[first.id]}),
        )
    lowest = min(w.segments, key=lambda s: ((s.value_share or 0) / s.share, s.id))
    text = "{hero}: {hero_value} of the {value} from {hero_share} of customers"
    slots: dict[str, Slot] = {
        "hero": w.shorts[hero.id],
        "hero_value": w.of(hero, "value.share"),
        "hero_share": w.of(hero, "share"),
        "value": w.value_name,
    }
    if lowest.id != hero.id:
        text += "; {short}: {value_share} from {share}"
    return say("size_value", text, **(w.slots(lowest) | slots))


def _glance(w: Whole) -> Sentence:
    return _glance_sentence(w, "glance", "The groups differ most in {words}")


def _glance_sentence(w: Whole, section: str, text: str) -> Sentence:
    ranked = sorted(w.spoken(), key=lambda m: -w.eta(m.column))
    words = measure_words(w.profile.measures, [m.column for m in ranked[:2]])
    return say(section, text, words=list_words(words), n=w.n().capitalize())


def _actions(w: Whole) -> Sentence:
    sure = [s for number in w.order for s in w.segments if s.id == number and s.stability in ("stable", "pattern")]
    if w.none or len(sure) < 2:
        return say("actions", "What to do, in order of priority")
    first, second = sure[:2]
    slots: dict[str, Slot] = {"first": w.shorts[first.id], "second": lower_first(w.shorts[second.id])}
    if first.value_share is None or second.value_share is None:
        return say("actions", "{first} first, then {second}", **slots)
    slots |= {"a": w.of(first, "value.share"), "b": w.of(second, "value.share"), "value": w.value_name}
    return say("actions", "{first} first, then {second}: {a} and {b} of the {value}", **slots)


def _silhouette_label(w: Whole) -> str:
    """How strong the silhouette is (Kaufman and Rousseeuw 1990), where the verdict does not say more."""
    if w.segmentation.verdict == "clear":
        return "silhouette; one is perfect"
    own = next(score.silhouette for score in w.segmentation.scores if score.k == w.segmentation.k)
    return f"silhouette: {next(word for word, edge in SILHOUETTES if own > edge)}"


def _figure(label: str, fact: str) -> Sentence:
    return Sentence("figures", label, (fact,))
