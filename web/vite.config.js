// A small bundle for pages and a large one for the editor, which fetch charts and graphs when they are
// wanted, beside a list of what they contain.
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
      input: {
        query: "src/query.js",
        enhance: "src/enhance.js",
      },
    },
  },
});
