"""The staff's web pages, rendered by the server. docs/console.md says how to add one."""
