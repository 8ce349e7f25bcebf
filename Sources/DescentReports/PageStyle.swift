/// The style sheet of a page. Charts bring their own.
enum PageStyle {
  static let sheet = """
    :root{--ground:#fff;--ink:#1f2430;--muted:#5d6675;--rule:#d9dde4;--soft:#f5f6f8;--accent:#0072b2}
    @media screen and (prefers-color-scheme:dark){
    :root{--ground:#14181f;--ink:#e8ebf0;--muted:#a2acba;--rule:#323a46;--soft:#1c222b;--accent:#5ab0e8}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--ground);color:var(--ink);
    font:16px/1.55 system-ui,-apple-system,"Segoe UI","Helvetica Neue",Arial,sans-serif}
    main{max-width:924px;margin:0 auto;padding:32px 32px 48px}
    h1{font-size:1.75rem;line-height:1.2;margin:0}
    h2{font-size:1.2rem;line-height:1.3;margin:2.2em 0 .6em;padding-top:.9em;border-top:1px solid var(--rule)}
    .subtitle{color:var(--muted);margin:.3em 0 0}
    p,ul{max-width:70ch;overflow-wrap:anywhere}
    .callout{background:var(--soft);border-left:4px solid var(--accent);padding:.7em 1em;font-size:1.05rem}
    figure{margin:1.2em 0;overflow-x:auto}
    figure svg{display:block;max-width:100%;height:auto}
    .table{overflow-x:auto;margin:1.2em 0}
    table{border-collapse:collapse;font-size:.92rem;font-variant-numeric:tabular-nums}
    caption{text-align:left;color:var(--muted);padding-bottom:.4em}
    th,td{text-align:left;vertical-align:top;padding:.35em 1em .35em 0;border-bottom:1px solid var(--rule)}
    th{font-weight:600;border-bottom-width:2px;white-space:nowrap}
    .number{text-align:right;white-space:nowrap}
    pre{background:var(--soft);padding:.9em 1.1em;overflow-x:auto;font-size:.86rem;line-height:1.35;
    font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
    .download a{color:var(--accent)}
    footer{margin-top:3em;color:var(--muted);font-size:.85rem}
    @media screen and (max-width:640px){main{padding:20px 16px 32px}figure svg{min-width:540px}}
    @media print{main{max-width:none;padding:0}figure,table,pre,.callout{break-inside:avoid}h2{break-after:avoid}
    pre{white-space:pre-wrap}.download{display:none}}

    """
}
