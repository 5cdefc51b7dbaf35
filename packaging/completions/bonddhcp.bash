# bash completion for bonddhcp(8). What there is to complete is asked of the program itself: it is never out of date.

_bonddhcp() {
    # Not COMP_WORDS: there a component is three words, because `@` parts words.
    local -a words
    read -ra words <<<"${COMP_LINE:0:COMP_POINT}"
    [[ ${COMP_LINE:0:COMP_POINT} != *[[:space:]] ]] || words+=("")
    local last=$((${#words[@]} - 1)) program=${words[0]/#\~/$HOME}
    local word=${words[last]} before=${words[last - 1]} command="" help value i
    COMPREPLY=()

    help=$("$program" --help 2>/dev/null)
    for ((i = 1; i < last; i++)); do
        case ${words[i]} in
            -*) [[ -z $(_bonddhcp_value "${words[i]}" "$help") ]] || ((i++)) ;;
            *) command=${words[i]}; break ;;
        esac
    done
    [[ -z $command ]] || help=$("$program" "$command" --help 2>/dev/null)

    value=$(_bonddhcp_value "$before" "$help")
    if [[ -z $value && $word == -* ]]; then
        COMPREPLY=($(compgen -W "$(sed -n 's/^  \(-[-a-z0-9]*\),\{0,1\} \(--[a-z]*\)\{0,1\}.*/\1 \2/p' <<<"$help")" -- "$word"))
        return
    elif [[ -z $value && -z $command ]]; then
        COMPREPLY=($(compgen -W "$(sed -n 's/^  \([a-z][-a-z]*\) .*/\1/p' <<<"$help")" -- "$word"))
        return
    elif [[ -z $value ]]; then
        # The argument: what is in capitals when options, in brackets, are gone.
        value=$(sed -n '1{s/^usage: bonddhcp [^ ]*//;s/\[-[^][]*\(\[[^][]*\]\)*\]//g;s/^[^A-Z]*\([A-Z]*\).*/\1/p}' <<<"$help")
    fi
    case $value in
        FILE | PATH) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")) ;;
        DIR) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$word")) ;;
        IFACE) COMPREPLY=($(compgen -W "$(_bonddhcp_interfaces)" -- "$word")) ;;
        COMPONENT)
            COMPREPLY=($(compgen -W "$(_bonddhcp_components "$program")" -- "$word"))
            # What stands before the `@` is not replaced.
            [[ $word != *@* || $COMP_WORDBREAKS != *@* ]] || COMPREPLY=("${COMPREPLY[@]#"${word%@*}"@}")
            ;;
    esac
}

# _bonddhcp_value OPTION HELP: what the option wants, in capitals.
_bonddhcp_value() { sed -n "s/^  ${1//[^-a-z0-9]/} \([A-Z][A-Z]*\) .*/\1/p" <<<"$2"; }

_bonddhcp_interfaces() {
    local path
    for path in /sys/class/net/*/; do
        path=${path%/} path=${path##*/}
        [[ $path == lo ]] || echo "$path"
    done
}

# _bonddhcp_components PROGRAM: those that the daemon has; where none answers, every kind on every interface.
_bonddhcp_components() {
    "$1" status 2>/dev/null | sed -n 's/^\([a-z0-9]*@[^ ]*\) .*/\1/p' | grep . && return
    local interface kind
    for interface in $(_bonddhcp_interfaces); do
        for kind in master slave supplicant static dhcp4 dhcp6; do echo "$kind@$interface"; done
    done
}

complete -F _bonddhcp bonddhcp
