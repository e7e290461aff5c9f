"""Strangers' pictures and PDFs as fresh JPEGs: only pixels come through."""

from gonghui.adapters.pictures.errors import PictureRefused
from gonghui.adapters.pictures.limits import Limits
from gonghui.adapters.pictures.rendering import Page, Rendered, render

__all__ = ["Limits", "Page", "PictureRefused", "Rendered", "render"]
