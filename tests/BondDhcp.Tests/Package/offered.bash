# What bash offers for a line, one a line. Usage: bash offered.bash FILE LINE, completions being in the file.
. "$1"
COMP_LINE=$2 COMP_POINT=${#2} COMP_TYPE=9
# As bash does it: `@` and others are words of their own.
read -ra COMP_WORDS <<< "${2//@/ @ }"
[[ $2 != *[[:space:]@] ]] || COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
function=$(complete -p bonddhcp | sed 's/.*-F \([^ ]*\).*/\1/')
$function bonddhcp "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" 2>/dev/null
# What it replaces begins behind the last of them.
before=${2##*[[:space:]]}
[[ $before == *@* ]] && before=${before%@*}@ || before=""
for one in "${COMPREPLY[@]}"; do echo "$before$one"; done
