"""Profile and Story -> Charts: every chart is data with a message, the same in every format."""

from __future__ import annotations

from segreport.charts import whole
from segreport.charts.book import Book
from segreport.charts.explore import of_exploration
from segreport.charts.segment import of_segment
from segreport.domain import Chart, Exploration, Profile, Segmentation, Story, Table
from segreport.formatting import Formats


def draw_charts(
    profile: Profile,
    segmentation: Segmentation,
    story: Story,
    tables: tuple[Table, ...],
    formats: Formats,
    exploration: Exploration | None = None,
) -> tuple[Chart, ...]:
    """Every chart of the report; what a table and a chart show both, they show in the same rows."""
    book = Book(profile, segmentation, story, tables, formats)
    mix = whole.mix(book)
    return (
        whole.segment_sizes(book),
        whole.value_share(book),
        whole.profile_heat(book),
        whole.elbow(book),
        whole.silhouette(book),
        whole.plane(book),
        whole.stability(book),
        whole.noise(book),
        *([mix] if mix else []),
        *of_exploration(book, exploration),
        *(chart for segment in story.segments for chart in of_segment(book, segment)),
    )
