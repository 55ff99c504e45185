/** Of the page. It holds no `>` and no `&`, which the builder would escape. */
export const STYLE = `
:root { color-scheme: light dark; --ok: #3a9a5b; --changed: #d08700; --failed: #d03838; --unknown: #9a50c8;
  --skipped: #8a939d; --line: #8884; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.4rem; margin-bottom: 0; }
h2 { font-size: 1.1rem; margin-top: 2rem; }
p.when { margin-top: 0; opacity: .7; }
.scroll { overflow-x: auto; }
svg { display: block; width: 100%; min-width: 30rem; font: 12px system-ui, sans-serif; fill: currentColor; }
svg rect { stroke: Canvas; }
svg .grid { stroke: var(--line); }
svg .tick { font-size: 10px; opacity: .7; text-anchor: middle; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: right; padding: .2rem .5rem; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; }
pre { overflow-x: auto; padding: .6rem; border: 1px solid var(--line); border-radius: .3rem; font-size: .85rem; }
details { border-bottom: 1px solid var(--line); padding: .3rem 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
.outcome { display: inline-block; min-width: 7.5rem; font-weight: 600; }
.ok { color: var(--ok); fill: var(--ok); }
.changed, .would-change { color: var(--changed); fill: var(--changed); }
.failed { color: var(--failed); fill: var(--failed); }
.unknown { color: var(--unknown); fill: var(--unknown); }
.skipped { color: var(--skipped); fill: var(--skipped); }
.add { color: var(--ok); }
.del { color: var(--failed); }
`
