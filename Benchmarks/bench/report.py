"""The figures as a table in Markdown and as one page that asks nothing of anywhere."""

import html
import statistics

STYLE = """
:root{--ink:#16202a;--paper:#fff;--soft:#5b6875;--line:#d9dfe5;--tile:#f4f6f8;--s0:#0b63c4;--s1:#b35900;--s2:#5a3fb0;
--s3:#0a7a3d}
@media(prefers-color-scheme:dark){:root{--ink:#e8edf2;--paper:#12181e;--soft:#9aa7b4;--line:#33404d;--tile:#1c252e;
--s0:#6db3ff;--s1:#ffb066;--s2:#b9a5ff;--s3:#58d68d}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:1rem}h1{font-size:1.4rem}h2{font-size:1rem;margin:1.6rem 0 0}
p{margin:.2rem 0 .6rem;color:var(--soft)}.scroll{overflow-x:auto}
table{width:100%;border-collapse:collapse}
td,th{text-align:right;padding:.3rem .4rem;border-bottom:1px solid var(--line)}
td:first-child,th:first-child{text-align:left}td small{display:block;color:var(--soft)}
.bar{display:grid;grid-template-columns:11rem 1fr 9rem;gap:.5rem;align-items:center;font-size:.9rem}
.bar i{display:block;height:1rem;border-radius:0 3px 3px 0}.bar b{font-weight:400;text-align:right}
code{background:var(--tile);padding:.1rem .3rem;overflow-wrap:anywhere}
@media(max-width:40rem){.bar{grid-template-columns:6rem 1fr 5rem}}
"""

# Section, what it says, the measurement's kind, the figure, its unit, digits, and whether more is better.
SECTIONS = [
    ("Packets per second of one core", "at most 0.1 % lost, p99 below 20 ms; thousands", "capacity",
     "packets_per_second", "k", 1e-3, 0, True),
    ("CPU per packet", "microseconds of the server's core, receiving and interrupts included", "fixed",
     "server_us_per_packet", "us", 1, 2, False),
    ("CPU of the generator per packet", "microseconds of its core, in the same runs", "fixed",
     "generator_us_per_packet", "us", 1, 2, False),
    ("Latency, p50", "through the relay, both ways over the wire included; microseconds", "fixed", "p50_us", "us", 1, 0,
     False),
    ("Latency, p99", "microseconds", "fixed", "p99_us", "us", 1, 0, False),
    ("Latency, p99.9", "microseconds", "fixed", "p999_us", "us", 1, 0, False),
    ("Allocations per second", "401, Allocate, Refresh, give back", "cycles", "per_second", "", 1, 0, True),
    ("Allocations: what a core would carry", "from the CPU that each takes; TLS: a connection and a handshake each",
     "cycles", "per_core_second", "", 1, 0, True),
    ("TLS throughput of one core", "payload in Mbit/s at most 0.1 % lost", "tls", "mbit_per_second", "Mbit/s", 1, 0,
     True),
    ("Resident memory", "bytes per idle allocation", "idle", "bytes_each", "B", 1, 0, False),
]


def cells(results, kind, figure):
    """{cell: {server: [values]}} in the order in which they were measured."""
    found = {}
    for entry in results:
        if entry["kind"] == kind:
            values = found.setdefault(entry["cell"], {}).setdefault(entry["server"], [])
            if entry.get(figure) is not None:
                values.append(entry[figure])
    return {cell: by for cell, by in found.items() if any(by.values())}


def number(values, scale, digits, spread=True):
    if not values:
        return "-"
    middle = f"{statistics.median(values) * scale:.{digits}f}"
    low, high = (f"{end(values) * scale:.{digits}f}" for end in (min, max))
    return middle if not spread or low == high else f"{middle} ({low}-{high})"


def notes(results, kind, cell, server):
    return any(
        entry.get("generator_limit") for entry in results
        if (entry["kind"], entry["cell"], entry["server"]) == (kind, cell, server))


def markdown(document):
    servers, results = list(document["servers"]), document["results"]
    text = f"Medians of {document['runs']} runs (lowest-highest); {document['where']}; {document['machine']}.\n"
    text += f"\n    {document['command']}\n"
    for title, what, kind, figure, _, scale, digits, _ in SECTIONS:
        table = cells(results, kind, figure)
        if not table:
            continue
        text += f"\n{title}: {what}.\n\n| | " + " | ".join(servers) + " |\n|---" * 1 + "|---" * len(servers) + "|\n"
        for cell, by in table.items():
            row = [
                number(by.get(name, []), scale, digits) + (" *" if notes(results, kind, cell, name) else "")
                for name in servers]
            text += f"| {cell} | " + " | ".join(row) + " |\n"
    if any(entry.get("generator_limit") for entry in results):
        text += "\n\\* a floor: the generator was the bottleneck.\n"
    for entry in results:
        if entry.get("error"):
            text += f"\n- {entry['server']}, {entry['kind']}, {entry['cell']}: {entry['error']}"
    return text.rstrip() + "\n"


def page(document):
    servers, results = list(document["servers"]), document["results"]
    title = "Side by side: " + ", ".join(servers)
    body = f"<h1>{html.escape(title)}</h1><p>{html.escape(document['time'])}; "
    body += f"medians of {document['runs']} runs in turns."
    body += f" {html.escape(document['where'])}; {html.escape(document['machine'])}.</p>"
    body += f"<p><code>{html.escape(document['command'])}</code></p><p>{html.escape(document['method'])}</p>"
    body += "<table><tr><th>Server</th><th>Version</th></tr>" + "".join(
        f"<tr><td style='color:var(--s{i % 4})'>{html.escape(name)}</td><td>{html.escape(version)}</td></tr>"
        for i, (name, version) in enumerate(document["servers"].items())) + "</table>"
    for section, what, kind, figure, unit, scale, digits, more in SECTIONS:
        table = cells(results, kind, figure)
        if not table:
            continue
        body += f"<h2>{section}</h2><p>{html.escape(what)}; {'more' if more else 'less'} is better</p>"
        highest = max(statistics.median(values) for by in table.values() for values in by.values() if values) or 1
        for cell, by in table.items():
            body += f"<p>{html.escape(cell)}</p>"
            for i, name in enumerate(servers):
                values = by.get(name, [])
                if not values:
                    continue
                width = statistics.median(values) / highest * 100
                star = " *" if notes(results, kind, cell, name) else ""
                body += (
                    f"<div class='bar'><span>{html.escape(name)}</span><i style='width:{width:.1f}%;"
                    f"background:var(--s{i % 4})'></i><b>{number(values, scale, digits, False)} {unit}{star}</b></div>")
        body += "<div class='scroll'><table><tr><th></th>" + "".join(
            f"<th>{html.escape(name)}</th>" for name in servers) + "</tr>"
        for cell, by in table.items():
            body += f"<tr><td>{html.escape(cell)}</td>" + "".join(
                f"<td>{number(by.get(name, []), scale, digits)}</td>" for name in servers) + "</tr>"
        body += "</table></div>"
    if any(entry.get("generator_limit") for entry in results):
        body += "<p>* a floor: the generator was the bottleneck.</p>"
    failures = [entry for entry in results if entry.get("error")]
    if failures:
        body += "<h2>What did not come to a figure</h2><table>" + "".join(
            f"<tr><td>{html.escape(e['server'])}</td><td>{html.escape(e['kind'])}, {html.escape(e['cell'])}</td>"
            f"<td>{html.escape(e['error'])}</td></tr>" for e in failures) + "</table>"
    return (
        "<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width'>"
        f"<title>{html.escape(title)}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>\n")
