#!/bin/sh
# Writes page.c: page.css and page.js, in the directory named, as the constants of page.h.
set -eu

literal() { # NAME FILE
    printf '\nconst char %s[] =\n' "$1"
    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$/\\n"/' "$2"
    printf '    ;\n'
}

digest=$(sha256sum "$1/page.js" | perl -ne 'print pack("H*", $1) if /^([0-9a-f]{64})/' | base64)
printf '#include "report/page.h"\n\nconst char pt_page_digest[] = "%s";\n' "$digest"
literal pt_page_style "$1/page.css"
literal pt_page_script "$1/page.js"
