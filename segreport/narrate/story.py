"""The story of the whole report: headline, verdict, summary, method; written last, from the facts."""

from __future__ import annotations

from datetime import date

from segreport.domain import CleaningStep, Measure, Profile, Segment, Segmentation, Sentence, Source
from segreport.formatting import count_word, list_words
from segreport.narrate.facts import FactBook
from segreport.narrate.phrases import is_plural, measure_words
from segreport.narrate.say import lower_first, say, upper_first

GAP = 0.15
"""Value sits elsewhere than customers from this difference between a segment's two shares."""
WISHES = (
    ("region", ("region", "country", "city", "state", "zip", "postcode", "location", "area"), "place"),
    ("store", ("store type", "shop type", "branch"), "type of store"),
    ("margin", ("margin", "profit", "cost"), "margin"),
    ("satisfaction", ("satisfaction", "rating", "nps"), "satisfaction"),
)


class Narrator:
    """Speaks of the report as a whole."""

    def __init__(
        self,
        profile: Profile,
        segmentation: Segmentation,
        source: Source,
        ledger: tuple[CleaningStep, ...],
        book: FactBook,
        shorts: dict[int, str],
        value_name: str,
        columns: tuple[str, ...],
        as_of: str | None,
    ) -> None:
        self.profile, self.segmentation, self.source, self.ledger = profile, segmentation, source, ledger
        self.book, self.shorts, self.value_name, self.columns, self.as_of = book, shorts, value_name, columns, as_of
        self.segments = profile.segments
        self.none = segmentation.verdict == "none"

    def tell(self) -> list[Sentence]:
        """Every sentence that is not about one segment alone."""
        sentences = [
            say("value_name", self.value_name),
            self._source_line(),
            self._headline(),
            self._standfirst(),
            self._verdict(),
            *self._figures(),
            self._summary(),
            self._size_value(),
            self._glance(),
            self._actions(),
            *self._method_page(),
            *self._limits(),
        ]
        return [*sentences, *self._without_segments()] if self.none else sentences

    # ------------------------------------------------------------ page one

    def _headline(self) -> Sentence:
        if self.none:
            return say("headline", "We found no segments among these {n} customers", n=self.book["all.size"])
        hero = self._hero()
        if hero is None:
            first = self.segments[0]
            return say(
                "headline", "{n} groups of customers; {short} are the largest with {share}",
                n=self._n().capitalize(), short=lower_first(self.shorts[first.id]), share=self._of(first, "share"),
            )  # fmt: skip
        slots = {"short": self.shorts[hero.id], "share": self._of(hero, "share"), "value": self.value_name,
                 "value_share": self._of(hero, "value.share")}  # fmt: skip
        if (hero.value_share or 0) - hero.share < 0.05:
            return say("headline", "{n} groups of customers, each bringing about its share of the {value}",
                       n=self._n().capitalize(), value=self.value_name)  # fmt: skip
        if is_plural(self.shorts[hero.id]):
            return say("headline", "{short} are {share} of customers and bring {value_share} of the {value}", **slots)
        return say("headline", "{short}: {share} of customers bring {value_share} of the {value}", **slots)

    def _standfirst(self) -> Sentence:
        if self.none:
            words = list_words(measure_words(self._spoken(), [m.column for m in self._spoken()][:3]))
            text = "{words} vary from customer to customer, but not in groups. Any cut is as good as any other, and the next run would cut elsewhere."
            return say("standfirst", text, words=upper_first(words))
        hero, largest = self._hero(), self.segments[0]
        if hero is None:
            return self._glance_sentence("standfirst", "The groups differ most in {words}.")
        if largest.id != hero.id:
            text, slots = "The largest group, {short}, is {share} of customers and brings {value_share}.", self._slots(largest)
        else:
            text = "They spend {mean} each; the average customer spends {all}."
            slots = {"mean": self._of(hero, "value.mean"), "all": self.book["all.value.mean"]}
        between = [s for s in self._by_value() if s.id not in (hero.id, largest.id) and s.stability != "tiny"]
        if between:
            middle = between[0]
            come = "come" if is_plural(self.shorts[middle.id]) else "comes"
            text += f" {{other}} {come} next with {{other_share}}: {{other_mean}} each, against {{hero_mean}}."
            slots |= {"other": self.shorts[middle.id], "other_mean": self._of(middle, "value.mean"),
                      "other_share": self._of(middle, "value.share"), "hero_mean": self._of(hero, "value.mean")}  # fmt: skip
        return say("standfirst", text, **slots)

    def _verdict(self) -> Sentence:
        text = {
            "none": "Nothing below is a segment. Do not plan campaigns on it.",
            "clear": "{n} groups stand apart{back}: plan by them.",
            "weak": "{n} groups{back}, yet they shade into each other: steer by them, do not treat the borders as facts.",
        }[self.segmentation.verdict]
        if self.segmentation.verdict == "weak" and not self._all_come_back():
            text = "{n} groups can be drawn, but not all of them come back when customers are resampled: test before you spend on them."
        back = " and come back when customers are resampled" if self.segmentation.verdict == "clear" else " come back when customers are resampled"
        if self.segmentation.verdict == "clear" and not self._all_come_back():
            back = ", but not all come back when customers are resampled"
        return say("verdict", text, n=f"The {self._n()}", back=back)

    def _figures(self) -> list[Sentence]:
        best = f"score.{self.segmentation.k}."
        if self.none:
            return [
                _figure("customers", self.book["all.size"].id),
                _figure(f"separation at {self._n()} groups", f"{best}centroid_silhouette"),
                _figure("the same in noise, at best", f"{best}null_high"),
                _figure("agreement between two runs; 1 is perfect", "method.agreement"),
            ]
        money = [
            _figure(f"{self.value_name} in total", "all.value.total"),
            _figure("average per customer", "all.value.mean"),
        ] if self.profile.value else []  # fmt: skip
        how = {"clear": "clear", "weak": "weak"}[self.segmentation.verdict]
        spoken = [] if money else [
            _figure(f"average {words}", f"all.{m.column}.mean")
            for m in self._spoken()[:2]
            for words in measure_words((m,), [m.column])
        ]  # fmt: skip
        return [
            _figure("customers", "all.size"), *money, *spoken, _figure("segments", "method.k"),
            _figure(f"silhouette; structure {how}", f"{best}silhouette"),
        ]  # fmt: skip

    # ------------------------------------------------------------ slides and inner pages

    def _summary(self) -> Sentence:
        hero, largest = self._hero(), self.segments[0]
        if self.none or hero is None:
            return self._glance_sentence("summary", "{n} groups that differ most in {words}")
        if hero.id == largest.id:
            text = "{hero_size} {hero} bring {hero_share} of the {value}, {mean} each"
        else:
            text = "{hero_size} {hero} bring {hero_share} of the {value}; the largest group, {size} {short}, brings {value_share}"
        return say(
            "summary", text, hero=lower_first(self.shorts[hero.id]), hero_size=self._of(hero, "size"),
            hero_share=self._of(hero, "value.share"), mean=self._of(hero, "value.mean"), value=self.value_name,
            **self._slots(largest), size=self._of(largest, "size"),
        )  # fmt: skip

    def _size_value(self) -> Sentence:
        hero = self._hero()
        if self.none or hero is None:
            first = self.segments[0]
            return say("size_value", "{short}: the largest group, {share} of customers", **self._slots(first))
        lowest = min(self.segments, key=lambda s: ((s.value_share or 0) / s.share, s.id))
        text = "{hero}: {hero_value} of the {value} from {hero_share} of customers"
        slots = {"hero": self.shorts[hero.id], "hero_value": self._of(hero, "value.share"), "hero_share": self._of(hero, "share"),
                 "value": self.value_name}  # fmt: skip
        if lowest.id != hero.id:
            text += "; {short}: {value_share} from {share}"
        return say("size_value", text, **(self._slots(lowest) | slots))

    def _glance(self) -> Sentence:
        return self._glance_sentence("glance", "The groups differ most in {words}, least in {least}")

    def _glance_sentence(self, section: str, text: str) -> Sentence:
        ranked = sorted(self._spoken(), key=lambda m: -self._eta(m.column))
        top, least = ranked[:2], ranked[-1]
        if len(ranked) < 3:
            text = text.replace(", least in {least}", "")
        words = measure_words(self.profile.measures, [m.column for m in top])
        return say(section, text, words=list_words(words), least=measure_words(self.profile.measures, [least.column])[0],
                   n=self._n().capitalize())  # fmt: skip

    def _actions(self) -> Sentence:
        ranked = [s for s in self._by_value() if s.stability in ("stable", "pattern")]
        if self.none or len(ranked) < 2:
            return say("actions", "What to do, in order of priority")
        first, second = ranked[:2]
        text = "{first} first, then {second}"
        slots = {"first": self.shorts[first.id], "second": lower_first(self.shorts[second.id])}
        if self.profile.value is None:
            return say("actions", text, **slots)
        text += ": {a} and {b} of the {value}"
        return say("actions", text, a=self._of(first, "value.share"), b=self._of(second, "value.share"), value=self.value_name, **slots)

    def _method_page(self) -> list[Sentence]:
        n, weak = self._n().capitalize(), self.segmentation.verdict != "clear"
        used, read = self.ledger[-1].rows, self.ledger[0].rows
        dropped = self.book.add("cleaning.dropped", read - used, "count")
        left_out = "Every one of {read} rows is used" if used == read else f"{{dropped}} of {{read}} rows {'was' if read - used == 1 else 'were'} left out"
        edges = "soft at the edges" if weak else "well apart"
        stable = "they come back in resamples" if self._all_come_back() else "not all come back in resamples"
        title = "{n} groups: {stable}, {edges}" if not self.none else "How we looked for segments, and why we say there are none"
        return [
            say("method", title, n=n, stable=stable, edges=edges),
            say("cleaning", left_out, read=self.book["cleaning.0.rows"], dropped=dropped),
            self._why(),
            self._reason(),
            say("map", "The groups blend at the borders" if weak else "The groups stand apart"),
            say("map_note", "One dot per customer on the two main axes of difference ({share})", share=self.book["method.explained"]),
            self._stability(),
            say("sure", self._sure_text(), low=self.book["method.lowest_overlap"], n=self.book["method.resamples"]),
        ]

    def _stability(self) -> Sentence:
        n = self._n()
        text = f"All {n} come back when customers are resampled" if self._all_come_back() else f"Not all {n} come back when customers are resampled"
        return say("stability", text)

    def _sure_text(self) -> str:
        if self._all_come_back():
            return "All groups come back when customers are resampled (lowest mean overlap {low} in {n} resamples)."
        return "The least stable group has a mean overlap of {low} in {n} resamples; 0.75 and more counts as stable."

    def _why(self) -> Sentence:
        """The title above the scores."""
        k, scores = self.segmentation.k, self.segmentation.scores
        best = max(scores, key=lambda s: s.silhouette).k
        if self.segmentation.k_asked:
            return say("why", "{k} segments, as asked", k=self._word(k).capitalize())
        if best == k:
            return say("why", "{k} groups separate best", k=self._word(k).capitalize())
        return say("why", "{best} groups separate best; {k} say more", best=self._word(best).capitalize(), k=self._word(k))

    def _reason(self) -> Sentence:
        k, scores = self.segmentation.k, self.segmentation.scores
        best, excess = max(scores, key=lambda s: s.silhouette), max(scores, key=lambda s: s.excess)
        own = next(s for s in scores if s.k == k)
        slots = {"k": self._word(k).capitalize(), "own": self.book[f"score.{k}.silhouette"], "excess": self.book[f"score.{k}.excess"],
                 "best": self._word(best.k), "best_score": self.book[f"score.{best.k}.silhouette"]}  # fmt: skip
        if self.none:
            return say("reason", "No number of groups separates these customers much better than noise: the largest gain is {gain}, and structure begins at {edge}.",
                       gain=self.book[f"score.{excess.k}.excess"], edge=self.book.add("method.weak_from", 0.06, "score"))  # fmt: skip
        text = "{k} groups have a silhouette of {own} and stand {excess} above data without structure"
        if self.segmentation.k_asked and excess.k != k:
            text += "; left to itself, the program would have cut {choice} ({choice_excess} above)."
            slots |= {"choice": self._word(excess.k), "choice_excess": self.book[f"score.{excess.k}.excess"]}
        elif best.k == k:
            text += ", the most of all numbers tried." if excess.k == k else "."
        else:
            text += ", the most of all numbers tried; {best} groups have the higher silhouette ({best_score})." if excess.k == k else "."
        if own.min_jaccard is not None and own.min_jaccard >= 0.75:
            text += " Every one of them comes back when customers are resampled."
        return say("reason", text, **slots)

    def _source_line(self) -> Sentence:
        read = ""
        slots = {"file": self.source.file, "rows": self.book["source.rows"], "k": str(self.segmentation.k),
                 "seed": str(self.segmentation.seed)}  # fmt: skip
        if self.as_of:
            day = date.fromisoformat(self.as_of[:10])
            read, slots["day"] = ", as of {day}", self.book.formats.day(day)
        tail = "Tried: k-means, k = {low} to {high}, seed {seed}." if self.none else "Segments: k-means, k = {k}, seed {seed}."
        slots |= {"low": str(self.segmentation.scores[0].k), "high": str(self.segmentation.scores[-1].k)}
        return say("source_line", "Source: {file}, {rows} rows" + read + ". " + tail, **slots)

    def _limits(self) -> list[Sentence]:
        names = " ".join(self.columns).lower().replace("_", " ")
        missing = [word for _, words, word in WISHES if not any(w in names for w in words)]
        if not missing:
            return []
        return [say("limits", "{words}", words=upper_first(list_words(missing)))]

    def _without_segments(self) -> list[Sentence]:
        return [
            say("noise", "The data separate no better than noise"),
            say("noise_note", "Centroid silhouette by number of groups: these customers, and random data sets of the same shape (band)"),
            say("rely", "Means, shares and spreads of all customers are sound; they are in the workbook.", lead="The averages."),
            say("rely", "A split you choose yourself, such as the top fifth by income, is a rule and not a discovery. It needs no model.", lead="Simple rules."),
            say("help", "products bought, channels, dates of orders.", lead="Add behaviour:"),
            say("help", "recency and change say more than levels.", lead="Add time:"),
            say("help", "segreport will say when groups appear.", lead="Run again:"),
        ]

    # ------------------------------------------------------------ helpers

    def _of(self, segment: Segment, name: str):  # type: ignore[no-untyped-def]
        return self.book[f"segment.{segment.id}.{name}"]

    def _slots(self, segment: Segment):  # type: ignore[no-untyped-def]
        slots = {"short": lower_first(self.shorts[segment.id]), "share": self._of(segment, "share")}
        if segment.value_share is not None:
            slots["value_share"] = self._of(segment, "value.share")
        return slots

    def _n(self) -> str:
        return self._word(self.segmentation.k)

    def _word(self, n: int) -> str:
        return count_word(n, self.book.formats)

    def _hero(self) -> Segment | None:
        """The segment whose share of value is furthest above its share of customers."""
        if self.profile.value is None or any(s.value_share is None for s in self.segments):
            return None
        return max(self.segments, key=lambda s: ((s.value_share or 0.0) - s.share, -s.id))

    def _by_value(self) -> list[Segment]:
        return sorted(self.segments, key=lambda s: (-(s.value_share if s.value_share is not None else s.share), s.id))

    def _all_come_back(self) -> bool:
        return all(s.jaccard >= 0.75 or s.stability == "tiny" for s in self.segments)

    def _eta(self, column: str) -> float:
        return self.segments[0].columns[column].eta2 or 0.0

    def _spoken(self) -> tuple[Measure, ...]:
        """The measures worth a headline: the ones segments are made from, and value."""
        named = set(self.segmentation.features) | ({self.profile.value} if self.profile.value else set())
        return tuple(m for m in self.profile.measures if m.column in named)


def _figure(label: str, fact: str) -> Sentence:
    return Sentence("figures", label, (fact,))
