"""The look of the sandbox's pages: system fonts, Slack's proportions, light and dark, from 360 pixels up."""

from __future__ import annotations

CSS = """
:root {
  color-scheme: light dark;
  --page: #eef0f4; --card: #ffffff; --ink: #1d1c1d; --soft: #616061; --line: #dddde0;
  --link: #1264a3; --go: #007a5a; --stop: #c01343; --badge: #ebebed; --code: #c01343; --mention: #fdf3d7;
  --warning: #fdf3d7; --error: #fbe3e8; --info: #e3f0fa; --success: #e0f3ec;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #121417; --card: #1a1d21; --ink: #e8e8e8; --soft: #ababad; --line: #3a3d42;
    --link: #5fb3f0; --go: #148567; --stop: #d8315f; --badge: #35373b; --code: #e8912d; --mention: #4a3f1c;
    --warning: #4a3f1c; --error: #4d1e2b; --info: #17344a; --success: #123d31;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 24px 16px; background: var(--page); color: var(--ink);
  font: 15px/1.47 -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial,
    "Noto Sans CJK JP", sans-serif;
  overflow-wrap: anywhere;
}
body > svg { position: absolute; }
main { max-width: 720px; margin: 0 auto; }
h1, h2, h3, p { margin: 0; font-size: inherit; }
h1 { margin: 0 4px 12px; font-size: 13px; font-weight: 600; color: var(--soft); }
.channel {
  background: var(--card); border: 1px solid var(--line); border-radius: 12px; overflow: hidden;
  box-shadow: 0 1px 2px rgb(0 0 0 / 4%), 0 8px 24px rgb(0 0 0 / 6%);
}
.channel + .channel { margin-top: 16px; }
h2 { padding: 13px 20px; border-bottom: 1px solid var(--line); font-size: 17px; font-weight: 800; }
h2 span { color: var(--soft); font-weight: 400; margin-right: 3px; }
.message { display: grid; grid-template-columns: 36px minmax(0, 1fr); column-gap: 10px; padding: 14px 20px; }
.message + .message { border-top: 1px solid var(--line); }
.icon { display: block; width: 36px; height: 36px; border-radius: 8px; }
.who { display: flex; flex-wrap: wrap; align-items: center; column-gap: 6px; line-height: 1.3; }
.app { font-weight: 800; }
.badge {
  padding: 1px 4px; border-radius: 3px; background: var(--badge); color: var(--soft);
  font-size: 10px; font-weight: 700; letter-spacing: .03em; line-height: 1.3;
}
.who time, .edited { color: var(--soft); font-size: 12px; }
h3 { margin: 6px 0 4px; font-size: 18px; font-weight: 800; line-height: 1.3; }
.text { margin: 4px 0; }
.fields { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 8px 20px; margin: 10px 0; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; margin: 12px 0 8px; }
.button {
  display: inline-block; padding: 5px 12px; border: 1px solid var(--line); border-radius: 8px;
  background: var(--card); color: var(--ink); font: inherit; font-size: 14px; font-weight: 700; line-height: 1.4;
}
.primary { border-color: var(--go); background: var(--go); color: #ffffff; }
.danger { border-color: var(--stop); background: var(--stop); color: #ffffff; }
.context { margin: 8px 0 0; color: var(--soft); font-size: 13px; }
.context span + span { margin-left: 8px; }
hr { margin: 12px 0; border: 0; border-top: 1px solid var(--line); }
a { color: var(--link); text-decoration: none; }
a.button { color: var(--ink); }
a.primary, a.danger { color: #ffffff; }
.text a { text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 2px; }
a:hover { text-decoration: underline; }
a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
code { padding: 1px 3px; border: 1px solid var(--line); border-radius: 4px; color: var(--code); font-size: 12px; }
.mention { padding: 0 2px; border-radius: 3px; background: var(--mention); }
.thread { margin: 10px 0 0; padding: 2px 0 2px 12px; border-left: 3px solid var(--line); }
.thread .message { grid-template-columns: 24px minmax(0, 1fr); column-gap: 8px; padding: 8px 0 0; border: 0; }
.thread .icon { width: 24px; height: 24px; border-radius: 6px; }
.count { color: var(--link); font-size: 13px; font-weight: 700; }
.gallery { display: grid; gap: 16px; }
.wide { max-width: 1240px; }
.wide .gallery { display: block; columns: 2; column-gap: 20px; }
.part { break-inside: avoid; padding-bottom: 16px; }
.part > h2 { padding: 0 4px 8px; border: 0; font-size: 15px; font-weight: 700; }
.modal {
  background: var(--card); border: 1px solid var(--line); border-radius: 10px; overflow: hidden;
  box-shadow: 0 1px 2px rgb(0 0 0 / 4%), 0 8px 24px rgb(0 0 0 / 6%);
}
.modal header, .modal footer { display: flex; align-items: center; gap: 8px; padding: 12px 20px; }
.modal header { justify-content: space-between; border-bottom: 1px solid var(--line); }
.modal footer { justify-content: flex-end; border-top: 1px solid var(--line); }
.modal header h3 { margin: 0; }
.close { color: var(--soft); }
fieldset { min-width: 0; margin: 0; padding: 0; border: 0; }
.body { padding: 8px 20px 16px; }
.body .text { margin: 8px 0; }
.input { display: block; margin: 14px 0; }
.label, legend { display: block; padding: 0; margin-bottom: 4px; font-weight: 700; }
.optional, .hint, small { color: var(--soft); font-weight: 400; font-size: 13px; }
small { display: block; }
.option { display: grid; grid-template-columns: 18px minmax(0, 1fr); column-gap: 8px; margin: 4px 0; }
.option input {
  appearance: none; width: 18px; height: 18px; margin: 2px 0 0; border: 1px solid var(--soft); border-radius: 4px;
  background: var(--card);
}
.option input[type=radio] { border-radius: 50%; }
.option input[type=radio]:checked { border: 5px solid var(--link); }
.option input[type=checkbox]:checked { border-color: var(--link); background: var(--link); }
.option input[type=checkbox]:checked::before {
  content: "✓"; display: block; color: #ffffff; font-size: 13px; font-weight: 700; line-height: 16px; text-align: center;
}
input:not([type=radio], [type=checkbox]), select, textarea {
  width: 100%; min-height: 36px; padding: 6px 10px; border: 1px solid var(--soft); border-radius: 6px;
  background: var(--card); color: var(--ink); font: inherit; opacity: 1;
}
.alert { margin: 12px 0; padding: 8px 12px; border: 1px solid var(--line); border-radius: 6px; }
.alert.warning { background: var(--warning); }
.alert.error { background: var(--error); }
.alert.info { background: var(--info); }
.alert.success { background: var(--success); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media (max-width: 480px) {
  .wide .gallery { columns: 1; }
  body { padding: 0; background: var(--card); }
  h1 { padding: 12px 16px 0; margin: 0; }
  .channel { border: 0; border-radius: 0; box-shadow: none; }
  h2, .message { padding-left: 16px; padding-right: 16px; }
  .part { border-top: 1px solid var(--line); }
  .part > h2 { padding: 16px 16px 0; color: var(--soft); }
  .fields { grid-template-columns: minmax(0, 1fr); }
}
"""
RECORDS_CSS = """
.mark { margin: 0 4px 4px; color: var(--soft); font-size: 13px; }
.mark b { margin-right: 4px; padding: 2px 6px; border-radius: 4px; background: var(--badge); color: var(--ink); }
.name { margin: 0 4px 12px; padding: 0; border: 0; color: var(--ink); font-size: 22px; font-weight: 800; line-height: 1.25; }
.tabs { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 16px; margin: 0 4px 12px; }
.tabs form { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; }
.tabs input { flex: 1 1 160px; width: 160px; }
.record {
  padding: 16px 20px; background: var(--card); border: 1px solid var(--line); border-radius: 12px;
  box-shadow: 0 1px 2px rgb(0 0 0 / 4%), 0 8px 24px rgb(0 0 0 / 6%);
}
.record .mark, .record .name { margin-left: 0; margin-right: 0; }
.record dl { margin: 0; }
.record dl > div {
  display: grid; grid-template-columns: 180px minmax(0, 1fr); gap: 2px 16px; padding: 7px 0; border-top: 1px solid var(--line);
}
.record dl > div:first-child { border: 0; }
dt { color: var(--soft); }
dd { margin: 0; }
dd ul, .record > ul { margin: 0; padding: 0; list-style: none; }
li + li { margin-top: 6px; }
.record p + p { margin-top: 8px; }
.alert a { text-decoration: underline; }
.records { margin-top: 16px; scroll-margin-top: 16px; }
.records > section { display: none; scroll-margin-top: 16px; }
.records > section:target { display: block; }
.records :disabled .button { opacity: .5; }
button.button { cursor: pointer; }
button:focus-visible, input:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
@media (max-width: 480px) {
  .mark, .name, .tabs { margin-left: 16px; margin-right: 16px; }
  .mark { margin-top: 12px; }
  .record .mark { margin-top: 0; }
  .record { padding: 12px 16px; border-width: 1px 0 0; border-radius: 0; box-shadow: none; }
  .record dl > div { grid-template-columns: minmax(0, 1fr); }
}
"""
"""What the stand-in's pages of records add."""
# Two records that overlap, and the part they share.
ICON = """<svg width="0" height="0" aria-hidden="true" focusable="false"><symbol id="icon" viewBox="0 0 36 36">
<rect width="36" height="36" fill="#3b2f8f"/>
<circle cx="14" cy="18" r="8.5" fill="#8f83f0"/><circle cx="22" cy="18" r="8.5" fill="#35c9a5"/>
<path d="M18 10.5a8.5 8.5 0 0 1 0 15a8.5 8.5 0 0 1 0-15z" fill="#ffffff"/>
</symbol></svg>"""
