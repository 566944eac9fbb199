// Three bundles: the editor, charts and graphs. Pages fetch the last two when somebody asks for them.
// Beside them lies a list of what they contain.
import { defineConfig } from "vite";
import { licences } from "./licences.js";

export default defineConfig({
  base: "./", // bundles find each other wherever the server puts them
  publicDir: false,
  plugins: [licences()],
  build: {
    outDir: "../api/static/built",
    emptyOutDir: true,
    manifest: "manifest.json",
    modulePreload: false,
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000, // kB; only the query page loads the largest
    rollupOptions: {
      preserveEntrySignatures: "strict", // pages import charts and graphs by what they export
      input: {
        query: "src/query.js",
        chart: "src/chart.js",
        graph: "src/graph.js",
      },
    },
  },
});
