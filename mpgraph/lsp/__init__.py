"""The language server for graphs: `mpgraph lsp`."""
