"""As what Telegram shows a file, and which go together. Pure. https://core.telegram.org/bots/api#sending-files"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from telegram import InputFile, InputMediaPhoto, InputMediaVideo

from connectors.telegram.entities import entities
from deskd.model import OutgoingFile
from deskd.model.outgoing import Words

MOST_PHOTO: Final = 10_000_000
MOST_SENT: Final = 50_000_000
MOST_ALBUM: Final = 10
_PHOTOS = frozenset({"image/jpeg", "image/png", "image/webp"})
_VOICES = frozenset({"audio/ogg", "audio/opus"})
_AUDIOS = frozenset({"audio/mpeg", "audio/mp4", "audio/x-m4a", "audio/mp3"})


def kind_of(file: OutgoingFile) -> str:
    """As what Telegram shows a file: photo, video, voice, audio, animation or document."""
    media_type = file.type.partition(";")[0].strip().lower()
    if media_type in _PHOTOS and len(file.data) <= MOST_PHOTO:
        return "photo"
    if media_type == "image/gif":
        return "animation"
    if media_type == "video/mp4":
        return "video"
    if media_type in _VOICES:
        return "voice"
    return "audio" if media_type in _AUDIOS else "document"


def grouped(files: Sequence[OutgoingFile]) -> list[tuple[OutgoingFile, ...]]:
    """Pictures and videos that follow one another make an album; all else goes by itself."""
    groups: list[tuple[OutgoingFile, ...]] = []
    for file in files:
        seen = kind_of(file) in ("photo", "video")
        if groups and seen and len(groups[-1]) < MOST_ALBUM and kind_of(groups[-1][0]) in ("photo", "video"):
            groups[-1] = (*groups[-1], file)
        else:
            groups.append((file,))
    return groups


def in_album(file: OutgoingFile, words: Words) -> InputMediaPhoto | InputMediaVideo:
    made = InputMediaPhoto if kind_of(file) == "photo" else InputMediaVideo
    return made(
        InputFile(file.data, file.name or "file", attach=True),
        caption=words.text or None,
        caption_entities=entities(words.spans) or None,
    )
