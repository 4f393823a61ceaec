"""How the page draws texts."""

from __future__ import annotations

MRKDWN = [
    ("*bold* _it_ ~no~ `a_b*c`", "<b>bold</b> <i>it</i> <s>no</s> <code>a_b*c</code>"),
    ("a*b*c snake_case_name", "a*b*c snake_case_name"),
    ("*bold _both_*", "<b>bold <i>both</i></b>"),
    ("1 &lt; 2 &amp;&amp; 3", "1 &lt; 2 &amp;&amp; 3"),
    ("<https://x.test/a_b_c|the *run*>", "<a…>the <b>run</b></a>"),
    ("see https://x.test/a?b=1.", "see <a…>https://x.test/a?b=1</a>."),
    ("<javascript:alert(1)|click>", "<span>click</span>"),
    ("<img src=x onerror=alert(1)>", "<span>img src=x onerror=alert(1)</span>"),
    ("one\ntwo", "one<br>two"),
    ("&gt; said\nnot", "<blockquote>said</blockquote>not"),
    ("```a\n  b```", '<pre class="code-block">a\n  b</pre>'),
    (":tada: :nothing_known:", "🎉 :nothing_known:"),
    ("<!here> <@U_MINH>", "<span…>@here</span> <span…>@Minh Le</span>"),
    ("<!date^0^{nonsense}|never>", '<time title="never">never</time>'),
]


def test_mrkdwn_reads_as_in_slack(visit):
    page = visit("U_THU")
    script = """async (texts) => {
      const { mrkdwn } = await import("/static/js/mrkdwn.js");
      return texts.map((text) => {
        const node = document.createElement("div");
        node.append(...mrkdwn(text));
        return node.innerHTML.replace(/<(a|span) [^>]*>/g, "<$1…>");
      });
    }"""
    shown = page.evaluate(script, [text for text, _ in MRKDWN])
    assert shown == [expected for _, expected in MRKDWN]
