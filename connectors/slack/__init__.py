"""Slack: what people do there comes in through slack-bolt, cards and posts go out through the Web API.

`connector` joins the parts; `receive` holds the socket, `identify` knows one gesture from another, `send` and `api` post,
`blocks` draws, `recheck` and `lookup` ask Slack what became of something.
"""
