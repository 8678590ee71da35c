word = "Gradient descent"
print(word.lower(), word.upper(), word.title(), word.split())
print("-".join(["a", "b", "c"]), word.replace("descent", "ascent"))
print(word.startswith("Grad"), word.endswith("x"), word.find("des"), word.count("e"))
print("  padded ".strip() + "|", "x".center(5, "*"), "7".zfill(3), "ab".ljust(4) + "|", "ab".rjust(4))
print(word[0], word[-1], word[2:6], word[::-1], len(word))
print("abc" "def", "ab" * 3, "a" < "b", "grad" in word.lower())
text = """two
lines"""
print(text.splitlines(), repr(text), text.encode().decode())
print(ord("a"), chr(98), str(3.5), int("42") + 1, float("1e-3"), bool(""))
vocab = sorted(set("hello world"))
print({c: i for i, c in enumerate(vocab)})
"last expression is a string"
