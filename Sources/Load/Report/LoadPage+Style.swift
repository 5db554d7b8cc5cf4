extension LoadPage {
    /// Colours for light and dark screens; one column on a phone.
    static let style = """
        :root{--ink:#16202a;--paper:#fff;--soft:#5b6875;--line:#d9dfe5;--one:#0b63c4;--two:#b35900;--good:#0a7a3d;\
        --bad:#b3261e;--tile:#f4f6f8}
        @media(prefers-color-scheme:dark){:root{--ink:#e8edf2;--paper:#12181e;--soft:#9aa7b4;--line:#33404d;\
        --one:#6db3ff;--two:#ffb066;--good:#58d68d;--bad:#ff8a80;--tile:#1c252e}}
        *{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);\
        font:16px/1.5 system-ui,sans-serif}main{max-width:60rem;margin:0 auto;padding:1rem}
        h1{font-size:1.4rem;overflow-wrap:anywhere;margin:.5rem 0}h2{font-size:1rem;margin:0}\
        p{margin:.2rem 0 .6rem;color:var(--soft)}section{margin:1.6rem 0}
        .beware,.verdict{padding:.6rem .8rem;border-left:4px solid var(--two);background:var(--tile);color:var(--ink)}
        .verdict{font-size:1.05rem}.verdict.worse{border-color:var(--bad)}.verdict.worse b{color:var(--bad)}\
        .verdict.better{border-color:var(--good)}.verdict.better b{color:var(--good)}\
        .verdict.same{border-color:var(--line)}
        .tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr));gap:.6rem}
        .tile{background:var(--tile);padding:.6rem .8rem;border-top:4px solid var(--line)}\
        .tile h2{font-weight:400;color:var(--soft)}.tile b{font-size:1.4rem}
        .tile p{margin:0;color:var(--ink)}.tile small,.change{display:block;color:var(--soft);font-size:.85rem}\
        .worse .change{color:var(--bad);font-weight:600}.better .change{color:var(--good);font-weight:600}
        .tile.worse{border-color:var(--bad)}.tile.worse b{color:var(--bad)}\
        .tile.better{border-color:var(--good)}.tile.better b{color:var(--good)}
        svg{width:100%;height:auto;display:block}svg text{fill:var(--soft);font-size:14px}\
        @media(max-width:40rem){svg text{font-size:20px}}
        .grid{stroke:var(--line);stroke-width:1}.one{stroke:var(--one)}.two{stroke:var(--two);stroke-dasharray:6 4}
        .one,.two{fill:none;stroke-width:2.5}svg text.one{fill:var(--one);stroke:none}\
        svg text.two{fill:var(--two);stroke:none}circle.one{fill:var(--one)}circle.two{fill:var(--two)}
        path.mark{stroke:var(--good);stroke-width:2;stroke-dasharray:2 4}svg text.mark{fill:var(--good)}
        table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}\
        td,th{text-align:right;padding:.3rem .4rem;border-bottom:1px solid var(--line)}\
        th{font-weight:400;color:var(--soft)}td.good{color:var(--good)}td.bad{color:var(--bad)}
        @media(max-width:40rem){td,th{padding:.3rem .2rem;font-size:.9rem}}
        .words td,.words th{text-align:left;vertical-align:top;overflow-wrap:anywhere}.words th{white-space:nowrap}\
        .words .failed td{color:var(--bad)}.words .passed td:nth-child(2){color:var(--good)}\
        .words .skipped td{color:var(--soft)}
        """
}
