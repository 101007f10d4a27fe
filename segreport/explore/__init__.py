"""Features -> Exploration: distributions with their outliers, correlations, the strongest relations, empty cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from segreport.domain import Distribution, Exploration, Features
from segreport.explore.gaps import find_gaps
from segreport.explore.relations import relate
from segreport.explore.spread import describe_spread

PANELS = 8


def explore(features: Features) -> Exploration:
    """What the data look like before they are cut, whatever the segments turn out to be."""
    frame = features.frame
    spreads = {
        m.column: describe_spread(m.column, frame[m.column].to_numpy("float64"), has_tails=m.unit != "share")
        for m in features.measures
    }
    correlations, relations, strongest = relate(features)
    return Exploration(
        distributions=spreads,
        shown=_most_telling(features, spreads),
        correlations=correlations,
        relations=relations,
        strongest=strongest,
        gaps=find_gaps(features),
    )


def _most_telling(features: Features, spreads: Mapping[str, Distribution]) -> tuple[str, ...]:
    """What forms the segments before the rest, of every group in turn what reaches farthest from its median."""
    shaped = [m for m in features.measures if m.unit != "share" and features.frame[m.column].nunique() > 2]
    ranked = sorted(shaped, key=lambda m: -_reach(spreads[m.column]))
    turns: Counter[tuple[bool, str]] = Counter()
    places = {}
    for measure in ranked:
        key = (measure.column not in (features.value, *features.chosen), measure.group)
        places[measure.column] = (key[0], turns[key])
        turns[key] += 1
    kept = sorted(places, key=lambda column: places[column])[:PANELS]
    return tuple(m.column for m in shaped if m.column in kept)


def _reach(spread: Distribution) -> float:
    """How far the farthest value lies from the median, in interquartile ranges."""
    width = spread.q3 - spread.q1
    return max(spread.high - spread.median, spread.median - spread.low) / width if width else 0.0
