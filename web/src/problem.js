// Turns a problem document (RFC 9457) into words for people, and marks the place in the query.
const help = JSON.parse(document.getElementById("editor").dataset.help ?? "{}");

function element(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

function capital(text) {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Mark where *yasqe* could not be read, until the query changes. */
function mark(yasqe, line, column) {
  const doc = yasqe.getDoc();
  const end = doc.getLine(line - 1)?.length ?? 0;
  const from = { line: line - 1, ch: Math.max(0, Math.min(column - 1, end - 1)) };
  const marked = doc.markText(from, { line: line - 1, ch: Math.max(end, from.ch + 1) }, { className: "fault-mark" });
  doc.addLineClass(line - 1, "background", "fault-line");
  const handle = doc.getLineHandle(line - 1);
  yasqe.scrollIntoView(from, 60);
  yasqe.on("change", function clear() {
    marked.clear();
    doc.removeLineClass(handle, "background", "fault-line");
    yasqe.off("change", clear);
  });
  return from;
}

/** Return an element that shows *error*, or nothing if the server did not say what is wrong. */
export async function problem(error, yasqe) {
  let found;
  try {
    found = JSON.parse(error.text);
  } catch {
    if (error.status) return undefined;
    const away = element("div", "", "fault");
    away.append(element("h3", "No answer came"), element("p", "The server cannot be reached. The query is as you left it; run it again when you are connected."));
    return away;
  }
  const shown = element("div", "", "fault");
  shown.setAttribute("role", "alert");
  const kind = String(found.type ?? "").split("#")[1] ?? "";
  shown.append(element("h3", found.title ?? "The query has no answer"));
  if (found.line && yasqe) {
    const from = mark(yasqe, found.line, found.column ?? 1);
    const goto = element("button", "Go to the place", "quiet");
    goto.type = "button";
    goto.addEventListener("click", () => {
      yasqe.focus();
      yasqe.getDoc().setCursor(from);
    });
    const caret = [...(found.excerpt ?? "")].slice(0, (found.column ?? 1) - 1).map((each) => (each === "\t" ? "\t" : " "));
    shown.append(
      element("p", `Line ${found.line}, column ${found.column}. ${help[kind] ?? ""}`),
      element("pre", `${found.excerpt}\n${caret.join("")}^`),
      goto,
    );
  } else {
    shown.append(element("p", `${capital(found.detail ?? "")}.`));
    if (help[kind]) shown.append(element("p", help[kind]));
  }
  return shown;
}
