import c from "cytoscape"; window.c=c
