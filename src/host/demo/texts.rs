//! What the agent says, as it is.

/// The plan of the script.
pub(super) const PLAN: &[&str] = &[
    "Read the failing test and the code it covers",
    "Make the order of settlement certain",
    "Run the whole test suite",
    "Sum up what changed",
];

/// The thought of the script.
pub(super) const THOUGHT: &str = "The test fails once in a while and only in CI, so its outcome depends on something that \
    differs from run to run: time, randomness or the order of a hash map. The settlement walks over a map. I will look there first.";

/// What the script says before it works.
pub(super) const INTRODUCTION: &str = "I will look at **how orders are settled**: the test `settles_in_order` compares a \
    list, and a list that comes out of a hash map has no order of its own.";

/// What it says before the edit.
pub(super) const CAUSE: &str = "Here is the cause:\n\n1. `settle` iterates over a `HashMap`\n2. its order is random for each \
    process\n3. the test compares it with a fixed list\n\nSorting the ids makes the order certain.";

/// The file before the edit.
pub(super) const FLAKY: &str = "\
//! Settles the orders of a checkout.

use std::collections::HashMap;

/// Settles every order and returns their ids, the oldest first.
pub fn settle(orders: &HashMap<u64, u32>) -> Vec<u64> {
    let mut settled = Vec::new();
    for id in orders.keys() {
        settled.push(*id);
    }
    settled
}
";

/// The file after the edit.
pub(super) const FIXED: &str = "\
//! Settles the orders of a checkout.

use std::collections::HashMap;

/// Settles every order and returns their ids, the oldest first.
pub fn settle(orders: &HashMap<u64, u32>) -> Vec<u64> {
    let mut settled: Vec<u64> = orders.keys().copied().collect();
    settled.sort_unstable();
    settled
}
";

/// The edit as a draft offers it.
pub(super) const SETTLE_DIFF: &str = "\
@@ -5,7 +5,5 @@
 pub fn settle(orders: &HashMap<u64, u32>) -> Vec<u64> {
-    let mut settled = Vec::new();
-    for id in orders.keys() {
-        settled.push(*id);
-    }
+    let mut settled: Vec<u64> = orders.keys().copied().collect();
+    settled.sort_unstable();
     settled
 }
";

/// The other artifact of the draft.
pub(super) const CHANGELOG_DIFF: &str = "\
@@ -1,1 +1,2 @@
 # Changes
+- Orders are settled in order.
";

/// What it says about a file that is not its own.
pub(super) const NOT_OURS: &str = "`src/checkout/settle.rs` in this folder is not mine: the demo leaves it as it is. Choose an empty folder.";

/// What the test run prints.
pub(super) const TEST_RUN: &str = "\
$ cargo test --workspace
   Compiling checkout v0.4.2
    Finished `test` profile [unoptimized + debuginfo] target(s) in 2.41s
     Running unittests src/lib.rs

running 6 tests
test checkout::settle::empty_checkout ... ok
test checkout::settle::one_order ... ok
test checkout::settle::refunds_come_last ... ok
test checkout::settle::settles_in_order ... ok
test checkout::total::adds_tax ... ok
test checkout::total::rounds_half_up ... ok

test result: ok. 6 passed; 0 failed; 0 ignored; finished in 0.03s
";

/// What it says when the tests passed.
pub(super) const SUMMARY: &str = "All **6 tests pass**. `settle` now sorts the ids, so the order is the same in every run.\n\n\
    | test | before | now |\n|---|---|---|\n| `settles_in_order` | fails 1 in 6 | passes |\n";

/// What it says when it may not run the tests.
pub(super) const REJECTED: &str =
    "I may not run the tests, so I stop here. The edit is in place but nobody has tried it.";

/// Every element of Markdown, and what a page that shows it must not run or fetch.
pub(super) const MARKDOWN: &str = r#"# Heading 1

## Heading 2

A paragraph with *emphasis*, **strong**, ~~deleted~~, `code` and a [link](https://example.com "title").
A line break follows\
here.

- item
  - nested item
- [x] task done
- [ ] task open

1. first
2. second

> A quote
> > within a quote

| left | centre | right |
|:-----|:------:|------:|
| a    |   b    |     c |
| `|`  | **d**  |  1.50 |

```rust
fn main() {
    println!("<b>not bold</b> & not an entity: &lt;");
}
```

```diff
-old
+new
```

---

<details><summary>HTML</summary><b>bold?</b></details>
<script>document.title = "script ran"</script>
<img src="x" onerror="document.title = 'handler ran'">
<a href="javascript:document.title='link ran'">HTML link</a>
[script link](javascript:document.title='link ran') [data link](data:text/html,<script>1</script>)
![a picture from elsewhere](https://example.com/pixel.png)

An unclosed fence comes last:

````text
```
still code
"#;

/// Characters that make text look like other text.
pub(super) const BIDI: &str = concat!(
    "right-to-left override: invoice_\u{202e}fdp.exe\u{202c}\n",
    "isolate: \u{2067}allow\u{2069} \u{2066}reject\u{2069}\n",
    "Trojan source: if access != \"user\u{202e} \u{2066}// only admins\u{2069} \u{2066}\" {\n",
    "zero width: ad\u{200b}min pass\u{200d}word \u{2060}joined\u{feff}\n",
    "marks: \u{200e}left \u{200f}right \u{61c}arabic\n",
    "look-alikes: \u{430}dmin p\u{430}ypal.com \u{ff0f}etc\u{ff0f}passwd\n",
    "tags: a\u{e0061}\u{e0062}\u{e007f}b variation: a\u{fe0f}b\n",
    "colour: \u{1b}[31mred\u{1b}[0m cursor: \u{1b}[2A\u{1b}[2K title: \u{1b}]0;owned\u{7}\n",
    "link: \u{1b}]8;;https://evil.example\u{1b}\\https://good.example\u{1b}]8;;\u{1b}\\\n",
    "carriage return: rm -rf /\rls -l     \n",
    "backspace: no\u{8}\u{8}yes bell: \u{7} null: \u{0} C1: \u{9b}31m\n",
    "stacked: Z\u{335}\u{33f}\u{345}\u{34d}a\u{338}\u{353}\n",
);

/// Chunk number `number` of a long message.
pub(super) fn long_chunk(number: u32) -> String {
    match number % 20 {
        1 => format!("\n## Part {}\n\n", number / 20 + 1),
        2 => format!("```text\nchunk {number}\n```\n\n"),
        _ => format!("- chunk **{number}**: settled, checked and written down\n"),
    }
}
