import embed from "vega-embed"; window.e=embed
