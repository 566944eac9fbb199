// Enhances pages that are whole without it. One file, no dependency, nothing inline.
"use strict";
