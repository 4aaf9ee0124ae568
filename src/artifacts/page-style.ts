/** The style sheet of every interactive page: system fonts, light and dark, printable. */

export const PAGE_STYLE = `
:root{color-scheme:light dark;--paper:#f6f7f9;--card:#fff;--ink:#1a2027;--muted:#5d6975;--line:#dfe3e8;--accent:#1f5fbf;--gain:22,136,90;--loss:196,61,51}
@media (prefers-color-scheme:dark){:root{--paper:#12161b;--card:#1a2027;--ink:#e8ebef;--muted:#9aa5b1;--line:#2f3843;--accent:#6ea4f0;--gain:62,180,130;--loss:226,98,88}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:14px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
main,header,footer{max-width:1240px;margin:0 auto;padding:0 24px}
header{padding-top:30px}
h1{font-size:24px;line-height:1.25;margin:0;letter-spacing:-.01em;overflow-wrap:anywhere}
h2{font-size:16px;margin:0 0 8px}
.lead{color:var(--muted);margin:4px 0 0;overflow-wrap:anywhere}
.note{color:var(--muted);font-size:13px;margin:-6px 0 10px}
code,.mono{font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
nav{display:flex;flex-wrap:wrap;gap:4px 18px;margin:14px 0 0;font-size:13px}
a{color:var(--accent);text-decoration:none}
a:hover{text-decoration:underline}
section{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:18px 20px;margin:18px 0;scroll-margin-top:12px}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(146px,1fr));gap:12px;margin:0;padding:0}
.cards div{border:1px solid var(--line);border-radius:6px;padding:10px 12px}
.cards dt{color:var(--muted);font-size:12.5px}
.cards dd{margin:0;font-size:21px;font-weight:650;letter-spacing:-.01em}
.cards dd.gain{color:rgb(var(--gain))}
.cards dd.loss{color:rgb(var(--loss))}
.cards p{margin:0;color:var(--muted);font-size:11.5px;line-height:1.35}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(420px,1fr));gap:0 18px;align-items:start}
.columns section{min-width:0}
.chart{width:100%}
.scroll{overflow:auto;max-height:560px}
table{border-collapse:collapse;width:100%;font-size:13px}
th,td{padding:5px 10px;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
thead th{position:sticky;top:0;background:var(--card);white-space:nowrap;font-weight:600}
tbody tr:last-child td,tbody tr:last-child th{border-bottom:0}
.number{text-align:right;white-space:nowrap}
th button{all:unset;cursor:pointer;font-weight:600}
th button:focus-visible,a:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:2px}
th button::after{content:" ↕";color:var(--muted);opacity:.6}
th[aria-sort=ascending] button::after{content:" ↑";color:var(--accent);opacity:1}
th[aria-sort=descending] button::after{content:" ↓";color:var(--accent);opacity:1}
.pairs th{font-weight:500;width:38%;color:var(--muted);overflow-wrap:anywhere}
.pairs td{overflow-wrap:anywhere}
.heat{border-collapse:separate;border-spacing:2px;table-layout:fixed;min-width:760px}
.heat th,.heat td{border:0;text-align:center;padding:5px 2px;border-radius:3px}
.heat thead th,.heat tbody th{color:var(--muted);font-weight:500}
.heat .gain{background:rgba(var(--gain),var(--depth))}
.heat .loss{background:rgba(var(--loss),var(--depth))}
.heat .total{font-weight:650}
.warning{border-left:4px solid rgb(var(--loss))}
.warning ul{margin:0;padding:2px 0 2px 30px}
footer{color:var(--muted);font-size:12.5px;padding-bottom:40px}
@media (max-width:620px){main,header,footer{padding-left:12px;padding-right:12px}.columns{grid-template-columns:1fr}}
@media print{body{background:none}section{break-inside:avoid}nav{display:none}.scroll{max-height:none}}
`
