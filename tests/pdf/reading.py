"""Reading a PDF back, as a person would."""

import re
from io import BytesIO

from pypdf import PdfReader


def reader(data: bytes) -> PdfReader:
    return PdfReader(BytesIO(data))


def pages(data: bytes) -> list[str]:
    """The text of each page, its spaces (no-break ones included) made plain and single."""
    return [re.sub(r"\s+", " ", page.extract_text()) for page in reader(data).pages]


def text(data: bytes) -> str:
    return " ".join(pages(data))
