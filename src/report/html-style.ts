import { SEVERITIES } from '../lint/diagnostic.ts';

/** The style of the page, light or dark as the reader has it. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1f2328; --dim: #59636e; --page: #fff; --panel: #f6f8fa; --line: #d1d9e0;
  --error: #c62828; --warning: #8a5a00; --info: #0a5ec2; --style: #7b3fb5; --mark: #fff1b8; --del: #b3261e; --ins: #116329 }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --dim: #9198a1; --page: #0d1117; --panel: #161b22;
  --line: #3d444d; --error: #ff7b72; --warning: #e3b341; --info: #79c0ff; --style: #d2a8ff; --mark: #5c4813;
  --del: #ff7b72; --ins: #7ee787 } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif }
h1 { margin: 0; font-size: 1.5rem }
h2 { margin: 2rem 0 .75rem; font-size: 1.15rem; overflow-wrap: anywhere }
h3 { margin: 0; font-size: 1rem; overflow-wrap: anywhere }
p { margin: .4rem 0; overflow-wrap: anywhere }
code { font-family: ui-monospace, monospace; font-size: .92em }
pre { font: .875rem/1.5 ui-monospace, monospace }
header { border-bottom: 1px solid var(--line); padding-bottom: 1rem }
fieldset { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; border: 0; margin: 0; padding: 0 }
legend { float: left; padding: 0 1rem 0 0; color: var(--dim) }
small, .place, .why, footer, legend { color: var(--dim) }
small { font-weight: normal }
article { border: 1px solid var(--line); border-left: .3rem solid var(--color); border-radius: .4rem;
  margin: 0 0 1rem; padding: .75rem 1rem }
pre { margin: .5rem 0; padding: .6rem .8rem; background: var(--panel); border-radius: .4rem; overflow-x: auto;
  tab-size: 4 }
pre i { display: inline-block; min-width: 2.5rem; padding-right: 1rem; color: var(--dim); font-style: normal;
  text-align: right; user-select: none }
mark { background: var(--mark); color: inherit; border-bottom: 2px solid var(--color) }
.why { border-left: 2px solid var(--line); padding-left: .75rem }
.help { white-space: pre-line }
.badge, label { color: var(--color); font-weight: 600 }
.badge { border: 1px solid; border-radius: 1rem; padding: 0 .6rem; font-size: .8rem }
.unreadable { color: var(--error) }
summary { cursor: pointer }
del { color: var(--del); text-decoration: none }
ins { color: var(--ins); text-decoration: none }
footer { margin-top: 2rem; font-size: .875rem }
${SEVERITIES.map(
  (severity) =>
    `.${severity} { --color: var(--${severity}) }\nbody:has(#show-${severity}:not(:checked)) article.${severity} { display: none }`,
).join('\n')}
`;
