// Copies what the server's pages load from node_modules to server/static/vendor, with the palette of the mini-program and
// the icons that the console draws. Nothing is loaded from outside.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "server", "static", "vendor");

const files = {
  "swagger-ui-dist": ["swagger-ui.css", "swagger-ui-bundle.js", "LICENSE"],
  "@tabler/core": ["dist/css/tabler.min.css"],
  "htmx.org": ["dist/htmx.min.js", "LICENSE"],
};

// Names of Tabler's icons: `{{ icon("home") }}` in the console's templates.
const icons = [
  "alert-triangle", "arrow-forward-up", "arrow-left", "bell", "bookmark", "building-community", "calendar-event", "cash",
  "chart-bar", "check", "chevron-left", "chevron-right", "clock", "clock-exclamation", "copy", "device-desktop", "edit", "eye",
  "file-import", "file-text", "gavel", "git-merge", "hand-grab", "history", "home", "id-badge-2", "inbox",
  "info-circle", "key", "keyboard", "list-check", "lock", "lock-open", "logout", "map-pin", "menu-2", "message", "note",
  "paperclip", "phone", "photo", "player-pause", "player-play", "plus", "printer", "receipt", "search", "send", "shield-check",
  "shield-lock", "table-export", "trash", "user", "user-check", "user-plus", "users", "users-group", "x",
];

rmSync(target, { recursive: true, force: true });
for (const [name, wanted] of Object.entries(files)) {
  for (const file of wanted) {
    mkdirSync(join(target, name), { recursive: true });
    cpSync(join(here, "node_modules", name, file), join(target, name, file.split("/").at(-1)));
  }
}
cpSync(join(here, "..", "miniprogram", "src", "theme", "tokens.css"), join(target, "tokens.css"));

const drawn = createRequire(import.meta.url)("@iconify-json/tabler/icons.json").icons;
const missing = icons.filter((name) => !drawn[name]);
if (missing.length) throw new Error(`Tabler has no icons of these names: ${missing}`);
writeFileSync(join(target, "icons.json"), JSON.stringify(Object.fromEntries(icons.map((name) => [name, drawn[name].body]))));
