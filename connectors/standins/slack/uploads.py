"""Web API: files. An upload is three steps: an address, the bytes sent there, and the completion that shares them.

https://docs.slack.dev/messaging/working-with-files#uploading_files
"""

import mimetypes
from dataclasses import dataclass

from connectors.standins.slack.acts import Acts
from connectors.standins.slack.chat import writable
from connectors.standins.slack.shapes import file_json
from connectors.standins.slack.state import File, Json, Message, SlackError


@dataclass(slots=True)
class Upload:
    """An address that waits for bytes."""

    name: str
    length: int
    content: bytes | None = None


class Uploads:
    """The uploads begun and not completed, by file id."""

    def __init__(self) -> None:
        self.begun: dict[str, Upload] = {}

    def receive(self, file_id: str, content: bytes) -> bool:
        """Take the bytes sent to an address; False when nothing waits for them or their number is wrong."""
        upload = self.begun.get(file_id)
        if upload is None or len(content) != upload.length:
            return False
        upload.content = content
        return True

    def get_url(self, acts: Acts, args: Json) -> Json:
        """files.getUploadURLExternal"""
        name, length = str(args.get("filename") or ""), str(args.get("length") or "")
        if not name:
            raise SlackError(
                "invalid_arguments", response_metadata={"messages": ["[ERROR] missing filename"]}
            )
        if not length.isdigit() or int(length) < 1:
            raise SlackError("invalid_arguments", response_metadata={"messages": ["[ERROR] invalid length"]})
        file_id = acts.workspace.next_id("F")
        self.begun[file_id] = Upload(name, int(length))
        return {"upload_url": f"{acts.workspace.origin}/upload/v1/{file_id}", "file_id": file_id}

    def complete(self, acts: Acts, args: Json) -> Json:
        """files.completeUploadExternal: shares all files as one message when a channel is named."""
        wanted = args.get("files")
        if not isinstance(wanted, list) or not wanted:
            raise SlackError("invalid_arguments")
        channel_id = args.get("channel_id") or str(args.get("channels") or "").partition(",")[0]
        channel = writable(acts, channel_id) if channel_id else None
        files = [self._finished(acts, item) for item in wanted]
        if channel is not None:
            bot = acts.workspace.bot
            message = Message(
                acts.workspace.next_ts(),
                channel.id,
                bot.id,
                str(args.get("initial_comment") or ""),
                thread_ts=args.get("thread_ts") or None,
                bot_id=bot.bot_id,
                app_id=acts.workspace.app_id,
                files=files,
                subtype="file_share",
            )
            acts.post(channel, message)
        return {"files": [file_json(acts.workspace, file) for file in files]}

    def _finished(self, acts: Acts, item: Json) -> File:
        upload = self.begun.get(str(item.get("id")))
        if upload is None or upload.content is None:
            raise SlackError("file_not_found")
        del self.begun[item["id"]]
        mimetype = mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
        file = acts.keep_file(upload.name, upload.content, mimetype, acts.workspace.bot.id, item.get("title"))
        del acts.workspace.files[file.id]
        file.id = item["id"]
        acts.workspace.files[file.id] = file
        return file


def info(acts: Acts, args: Json) -> Json:
    """files.info"""
    file = acts.workspace.file(args.get("file"))
    shown = file_json(acts.workspace, file) | {"channels": list(dict.fromkeys(c for c, _ in file.shares))}
    return {"file": shown, "comments": [], "response_metadata": {"next_cursor": ""}}


def delete(acts: Acts, args: Json) -> Json:
    """files.delete"""
    file = acts.workspace.file(args.get("file"))
    if file.user != acts.workspace.bot.id:
        raise SlackError("cant_delete_file")
    del acts.workspace.files[file.id]
    return {}


METHODS = {"files.info": info, "files.delete": delete}
