# What zsh offers for a line, one a line. Usage: zsh -f offered.zsh DIRECTORY LINE, completions being in the directory.
# It is asked at a terminal of its own, as by a user: completion needs the line editor.
zmodload zsh/zpty
export TERM=dumb
work=$(mktemp -d)
cat > $work/setup <<END
fpath=(${(q)1} \$fpath)
autoload -Uz compinit
compinit -u -D
# Everything that a completion offers goes through it.
compadd() {
    local -a found
    if [[ " \$* " != *" -"[OAD]" "* ]]; then
        builtin compadd -A found "\$@"
        print -rl -- \$found >> $work/offered
    fi
    builtin compadd "\$@"
}
offer() { zle complete-word; : > $work/done; }
zle -N offer
bindkey '^I' offer
: > $work/ready
END
zpty terminal zsh -f -i
until_there() { local i; for ((i = 0; i < 200; i++)); do [[ -e $1 ]] && return; sleep 0.05; done; print -u 2 "no ${1:t}"; exit 1; }
zpty -w terminal "source $work/setup"
until_there $work/ready
zpty -w -n terminal "$2"$'\t'
until_there $work/done
zpty -d terminal
[[ ! -e $work/offered ]] || sed '/^$/d' $work/offered
rm -rf $work
