// Copies what the server's pages load from node_modules to server/static/vendor. Nothing is loaded from outside.
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "server", "static", "vendor");

const files = {
  "swagger-ui-dist": ["swagger-ui.css", "swagger-ui-bundle.js", "LICENSE"],
};

rmSync(target, { recursive: true, force: true });
for (const [name, wanted] of Object.entries(files)) {
  for (const file of wanted) {
    mkdirSync(join(target, name), { recursive: true });
    cpSync(join(here, "node_modules", name, file), join(target, name, file));
  }
}
