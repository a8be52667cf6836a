// Connects VS Code to `mpgraph lsp`. It speaks the protocol itself, so that the extension needs no packages.

const vscode = require("vscode");
const { spawn } = require("child_process");

const LANGUAGE = "mediapipe-graph";
const KINDS = [null, ...Array.from({ length: 25 }, (_, kind) => kind)]; // The protocol counts from 1, VS Code from 0.

/** JSON-RPC with headers, over the pipes of a process. */
class Connection {
  constructor(process, onNotification) {
    this.process = process;
    this.onNotification = onNotification;
    this.waiting = new Map();
    this.received = Buffer.alloc(0);
    this.last = 0;
    process.stdout.on("data", (data) => this.receive(data));
    process.stdin.on("error", () => {}); // The process has ended, which its own event reports.
  }

  send(message) {
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
    this.process.stdin.write(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]));
  }

  notify(method, params) {
    this.send({ method, params });
  }

  request(method, params) {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.send({ id, method, params });
    });
  }

  receive(data) {
    this.received = Buffer.concat([this.received, data]);
    for (;;) {
      const end = this.received.indexOf("\r\n\r\n");
      const length = /content-length: *(\d+)/i.exec(end < 0 ? "" : this.received.toString("latin1", 0, end));
      if (!length || this.received.length < end + 4 + Number(length[1])) return;
      const stop = end + 4 + Number(length[1]);
      const message = JSON.parse(this.received.toString("utf8", end + 4, stop));
      this.received = this.received.subarray(stop);
      this.take(message);
    }
  }

  take(message) {
    if (message.method) {
      if (message.id !== undefined) this.send({ id: message.id, result: null });
      else this.onNotification(message.method, message.params);
      return;
    }
    const call = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.error) call?.reject(new Error(message.error.message));
    else call?.resolve(message.result);
  }
}

const range = ({ start, end }) => new vscode.Range(start.line, start.character, end.line, end.character);
const place = (document, position) => ({
  textDocument: { uri: document.uri.toString() },
  position: { line: position.line, character: position.character },
});

async function activate(context) {
  const [program, ...options] = vscode.workspace.getConfiguration("mpgraph").get("command");
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const server = spawn(program, options, { cwd: folder?.fsPath, stdio: ["pipe", "pipe", "ignore"] });
  server.on("error", (error) => {
    vscode.window.showErrorMessage(`${program} cannot be started (${error.message}). Install it with ` +
      "pip install \"mpgraph[lsp]\", or set mpgraph.command.");
  });
  const problems = vscode.languages.createDiagnosticCollection("mpgraph");
  const connection = new Connection(server, (method, params) => {
    if (method === "textDocument/publishDiagnostics") {
      problems.set(vscode.Uri.parse(params.uri), params.diagnostics.map(diagnostic));
    }
  });
  context.subscriptions.push(problems, { dispose: () => server.kill() });
  await connection.request("initialize", {
    processId: process.pid, rootUri: folder?.toString() ?? null,
    capabilities: { general: { positionEncodings: ["utf-16"] } },
  });
  connection.notify("initialized", {});
  follow(context, connection);
  provide(context, connection);
}

function diagnostic(found) {
  const shown = new vscode.Diagnostic(range(found.range), found.message, found.severity - 1);
  shown.source = found.source;
  shown.code = found.code;
  return shown;
}

/** Tell the server of the documents that are open, and of their changes. */
function follow(context, connection) {
  const ours = (document) => document.languageId === LANGUAGE;
  const open = (document) => ours(document) && connection.notify("textDocument/didOpen", {
    textDocument: {
      uri: document.uri.toString(), languageId: LANGUAGE, version: document.version, text: document.getText(),
    },
  });
  vscode.workspace.textDocuments.forEach(open);
  context.subscriptions.push(
    vscode.workspace.onDidOpenTextDocument(open),
    vscode.workspace.onDidChangeTextDocument(({ document }) => ours(document) &&
      connection.notify("textDocument/didChange", {
        textDocument: { uri: document.uri.toString(), version: document.version },
        contentChanges: [{ text: document.getText() }],
      })),
    vscode.workspace.onDidSaveTextDocument((document) => ours(document) &&
      connection.notify("textDocument/didSave", { textDocument: { uri: document.uri.toString() } })),
    vscode.workspace.onDidCloseTextDocument((document) => ours(document) &&
      connection.notify("textDocument/didClose", { textDocument: { uri: document.uri.toString() } })),
  );
}

/** Answer the editor's questions with the server's answers. */
function provide(context, connection) {
  const ask = (feature, document, position, more) =>
    connection.request(`textDocument/${feature}`, { ...place(document, position), ...more });
  const location = (found) => new vscode.Location(vscode.Uri.parse(found.uri), range(found.range));
  const edit = (found) => vscode.TextEdit.replace(range(found.range), found.newText);
  const markdown = (content) => content && new vscode.MarkdownString(content.value);
  const { languages } = vscode;
  context.subscriptions.push(
    languages.registerHoverProvider(LANGUAGE, {
      async provideHover(document, position) {
        const found = await ask("hover", document, position);
        return found && new vscode.Hover(markdown(found.contents));
      },
    }),
    languages.registerCompletionItemProvider(LANGUAGE, {
      async provideCompletionItems(document, position) {
        const found = await ask("completion", document, position);
        return found.map((each) => {
          const item = new vscode.CompletionItem(each.label, KINDS[each.kind]);
          item.range = range(each.textEdit.range);
          item.insertText = each.textEdit.newText;
          item.documentation = markdown(each.documentation);
          item.command = each.command;
          return item;
        });
      },
    }, '"', ":", "["),
    languages.registerDefinitionProvider(LANGUAGE, {
      async provideDefinition(document, position) {
        const found = await ask("definition", document, position);
        return found && location(found);
      },
    }),
    languages.registerReferenceProvider(LANGUAGE, {
      async provideReferences(document, position) {
        return (await ask("references", document, position, { context: { includeDeclaration: true } })).map(location);
      },
    }),
    languages.registerRenameProvider(LANGUAGE, {
      async prepareRename(document, position) {
        const found = await ask("prepareRename", document, position);
        if (!found) throw new Error("Streams and side packets can be renamed.");
        return range(found);
      },
      async provideRenameEdits(document, position, newName) {
        const found = await ask("rename", document, position, { newName });
        const edits = new vscode.WorkspaceEdit();
        for (const [uri, changes] of Object.entries(found?.changes ?? {})) {
          edits.set(vscode.Uri.parse(uri), changes.map(edit));
        }
        return edits;
      },
    }),
    languages.registerDocumentFormattingEditProvider(LANGUAGE, {
      async provideDocumentFormattingEdits(document) {
        const options = { tabSize: 2, insertSpaces: true };
        const textDocument = { uri: document.uri.toString() };
        return ((await connection.request("textDocument/formatting", { textDocument, options })) ?? []).map(edit);
      },
    }),
  );
}

module.exports = { activate };
