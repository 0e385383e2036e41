"""Agents over the Agent Client Protocol: programs of somebody else's, asked over standard input and output.

The protocol is version 1 of agentclientprotocol.com: JSON-RPC 2.0, a message a line. Nothing is asked unless a person
describes an agent in their settings; see docs/fixers.md.
"""

from __future__ import annotations
