"""No line of a Markdown file has more than 120 columns, so that pages read well in a terminal too."""

import sys

import tree


def main():
    pages = tree.run("git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md", cwd=tree.ROOT).splitlines()
    found = [f"{page}:{number}: {len(line)} columns"
             for page in pages if (tree.ROOT / page).exists()
             for number, line in enumerate((tree.ROOT / page).read_text().splitlines(), 1) if len(line) > tree.WIDEST]
    if found:
        sys.exit(f"wider than {tree.WIDEST} columns:\n" + "\n".join(found))
    print(f"{len(pages)} pages")


if __name__ == "__main__":
    main()
