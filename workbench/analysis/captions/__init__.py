"""Captions: what a file or folder is about, in a few words, told by its outline."""

from workbench.analysis.captions.chunk import captions_chunk
from workbench.analysis.captions.roles import Group, groups_of
from workbench.analysis.captions.words import caption, caption_of, folder_caption

__all__ = ["Group", "caption", "caption_of", "captions_chunk", "folder_caption", "groups_of"]
