"""Files that admins write: YAML text in, plain Python data and the place of each part of it out.

Promises: only `ConfigError` is raised, whatever the bytes; time and memory are bounded by the caps below; nothing but text, numbers,
booleans, null, lists and maps with text keys comes out. Never does: environment variables, defaults, meaning.
"""

from __future__ import annotations

from deskd.yamlfile.document import Document, Node, Path
from deskd.yamlfile.read import read_yaml, read_yaml_text

__all__ = ["Document", "Node", "Path", "read_yaml", "read_yaml_text"]
