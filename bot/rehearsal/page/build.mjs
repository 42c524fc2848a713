// Builds dist/ from src/: a script, a style sheet and a page for each platform, and the notices of what is inside.

import { build } from "esbuild";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const renderer = /slack-blocks-to-jsx[\\/]dist/;

// The renderer draws through src/blocks/runtime.ts, and its style sheet uses a class instead of a repeated id.
const mendRenderer = {
  name: "mend-renderer",
  setup(bundler) {
    bundler.onResolve({ filter: /^react\/jsx-runtime$/ }, ({ importer }) =>
      renderer.test(importer) ? { path: join(here, "src/blocks/runtime.ts") } : undefined,
    );
    bundler.onLoad({ filter: /slack-blocks-to-jsx[\\/]dist[\\/]style\.css$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replaceAll("#slack_blocks_to_jsx", ".slack_blocks_to_jsx"),
      loader: "css",
    }));
  },
};

// Teams doesn't take carousels from a bot, so what they need is left out.
const withoutCarousel = {
  name: "without-carousel",
  setup(bundler) {
    bundler.onResolve({ filter: /^swiper(\/|$)/ }, ({ path }) => ({ path, namespace: "left-out" }));
    bundler.onLoad({ filter: /.*/, namespace: "left-out" }, () => ({ contents: "module.exports = {};" }));
  },
};

const shared = { absWorkingDir: here, bundle: true, plugins: [mendRenderer, withoutCarousel], logLevel: "warning", jsx: "automatic" };

async function packages(inputs) {
  const folders = new Set(
    Object.keys(inputs).flatMap((path) => path.match(/^node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0] ?? []),
  );
  return Promise.all([...folders].sort().map(notice));
}

async function notice(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(here, folder, "package.json"), "utf8"));
  for (const file of ["LICENSE", "LICENSE.md", "license", "LICENCE", "license.md"]) {
    const text = await readFile(join(here, folder, file), "utf8").catch(() => null);
    if (text) return { head: `${name} ${version} (${license})`, text: text.trim() };
  }
  return { head: `${name} ${version} (${license})`, text: "" };
}

// Most packages share one licence text: print it once, under the names and copyright lines of all that use it.
function notices(found) {
  const byWording = new Map();
  for (const { head, text } of found) {
    const copyright = text.match(/^\W*copyright (?!holder|notice).*$/gim)?.map((line) => line.trim()) ?? [];
    const wording = text.split("\n").filter((line) => !copyright.includes(line.trim())).join("\n").trim();
    const key = wording.replace(/\W+/g, " ").toLowerCase();
    const group = byWording.get(key) ?? { wording, names: [] };
    group.names.push([head, ...copyright.map((line) => `    ${line}`)].join("\n"));
    byWording.set(key, group);
  }
  return [...byWording.values()].map(({ names, wording }) => `${names.join("\n")}\n\n${wording}\n`).join(`\n${"-".repeat(72)}\n\n`);
}

async function bundle() {
  const { metafile } = await build({
    ...shared,
    entryPoints: [
      { in: "src/main.tsx", out: "app" },
      { in: "src/css/app.css", out: "app" },
      { in: "src/mail.ts", out: "mail" },
      { in: "src/css/mail.css", out: "mail" },
      { in: "src/teams/main.ts", out: "teams" },
      { in: "src/css/teams.css", out: "teams" },
    ],
    outdir: "dist",
    format: "esm",
    target: ["chrome114", "firefox125", "safari17"],
    minify: true,
    metafile: true,
    legalComments: "none",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  for (const page of ["index.html", "gallery.html", "teams.html"]) await cp(join(here, "src", page), join(here, "dist", page));
  await cp(join(here, "src/icon.svg"), join(here, "dist/icon.svg"));
  await writeFile(join(here, "dist/licences.txt"), notices(await packages(metafile.inputs)));
}

async function tests() {
  await mkdir(join(here, "build"), { recursive: true });
  await build({
    ...shared,
    entryPoints: ["test/page.test.tsx"],
    outfile: "build/page.test.cjs",
    format: "cjs",
    platform: "node",
    define: { "process.env.NODE_ENV": '"production"' },
  });
}

await (process.argv.includes("--test") ? tests() : bundle());
