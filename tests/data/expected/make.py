"""Writes the ids that Hugging Face's own tokenizers give: pip install tokenizers; python make.py [SHARED]

tiny-llama's tokenizer is in the repository. Those of stories260K and Pythia are looked for below SHARED and are not.
"""
import json
import sys
from pathlib import Path

from tokenizers import Tokenizer

HERE = Path(__file__).parent
SHARED = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parents[3] / "shared"
FOLDERS = {
    "tiny-llama": HERE.parents[1] / "fixtures" / "models" / "tiny-llama",
    "stories260K": SHARED / "models" / "stories260K",
    "pythia": SHARED / "tokenizers" / "pythia",
}
TEXTS = [
    "Hello world", "  two  spaces ", "Once upon a time, there was a little girl.", "line\nbreak\n\n  indented\ttab",
    "na\u00efve caf\u00e9 \u2014 \u201cquotes\u201d \u2026 \u20ac5", "\u65e5\u672c\u8a9e \u30c6\u30ad\u30b9\u30c8",
    "emoji \U0001f469\u200d\U0001f4bb \U0001f389", "don't stop; it's 12345 + 67.8%", "SELECT a FROM b WHERE c = 'd'",
    " ", "a", " leading", "trailing ", "x\r\ny", "<b>html</b> & {json: [1,2]}", "\uff21\uff22\uff23 \u00bd",
    "\u0645\u0631\u062d\u0628\u0627", "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440!",
    "The small cat sat in the garden. Anna gave the cat an apple.", "</s> <s> written <|endoftext|> in text",
    "     many          spaces                               here",
]

for name, folder in FOLDERS.items():
    if not (folder / "tokenizer.json").exists():
        continue
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    rows = []
    for text in TEXTS:
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        rows.append({"text": text, "ids": ids, "decoded": tokenizer.decode(ids, skip_special_tokens=False)})
    (HERE / f"{name}.json").write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
