"""The description of a PDF/A document. fpdf2's own would carry the instant of the drawing."""

from __future__ import annotations

from datetime import datetime
from xml.sax.saxutils import escape

from pdf.fonts import printable

_TEMPLATE = """<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>fr-FR</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>Espace citoyen</xmp:CreatorTool>
<xmp:CreateDate>{at}</xmp:CreateDate><xmp:ModifyDate>{at}</xmp:ModifyDate>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>"""


def describe(*, title: str, author: str, subject: str, at: datetime) -> str:
    """Return the XMP of a PDF/A-3B: title, author, subject, language and one instant, the issue's."""
    # what cannot be printed (control signs above all) has no place in XML either
    said = {"title": title, "author": author, "subject": subject}
    words = {name: escape(printable(text)) for name, text in said.items()}
    return _TEMPLATE.format(**words, at=at.isoformat("T", "seconds"))
