# fish completion for bonddhcp(8). What there is to complete is asked of the program itself: it is never out of date.

function __bonddhcp_help
    set -l words (commandline -opc)
    $words[1] $argv --help 2>/dev/null
end

# What an option wants, in capitals: __bonddhcp_value OPTION HELP...
function __bonddhcp_value
    string replace -rf -- "^  $argv[1] ([A-Z]+) .*" '$1' $argv[2..]
end

function __bonddhcp_interfaces
    for path in /sys/class/net/*/
        string match -v lo (path basename $path)
    end
end

# Those that the daemon has; where none answers, every kind on every interface.
function __bonddhcp_components
    set -l words (commandline -opc)
    set -l found ($words[1] status 2>/dev/null | string replace -rf '^([a-z0-9]+@\S+) .*' '$1')
    if test -n "$found"
        printf '%s\n' $found
    else
        printf '%s\n' {master,slave,supplicant,static,dhcp4,dhcp6}@(__bonddhcp_interfaces)
    end
end

function __bonddhcp_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l help (__bonddhcp_help)
    set -l command
    set -l i 2
    while test $i -le (count $words)
        if not string match -q -- '-*' $words[$i]
            set command $words[$i]
            break
        end
        test -n "$(__bonddhcp_value $words[$i] $help)"; and set i (math $i + 1)
        set i (math $i + 1)
    end
    test -n "$command"; and set help (__bonddhcp_help $command)

    set -l value (__bonddhcp_value $words[-1] $help)
    if test -z "$value"; and string match -q -- '-*' $word
        string replace -rf -- '^  (-[-a-z0-9]+), (--[a-z]+) .*' '$1\n$2' $help | string unescape
        string replace -rf -- '^  (-[-a-z0-9]+)(?: [A-Z]+)?  +(\S.*)' '$1\t$2' $help | string unescape
        return
    else if test -z "$value"; and test -z "$command"
        string replace -rf -- '^  ([a-z][-a-z]*) +(.*)' "\$1\t\$2" $help
        return
    else if test -z "$value"
        # The argument: what is in capitals when options, in brackets, are gone.
        set -l usage (string replace -r -- '^usage: bonddhcp \S+' '' $help[1] | string replace -ra -- '\[-[^\][]*(\[[^\][]*\])*\]' '')
        set value (string replace -rf -- '^[^A-Z]*([A-Z]+).*' '$1' $usage)
    end
    switch "$value"
        case FILE PATH
            __fish_complete_path $word
        case DIR
            __fish_complete_directories $word ''
        case IFACE
            __bonddhcp_interfaces
        case COMPONENT
            __bonddhcp_components
    end
end

complete -c bonddhcp -f -a '(__bonddhcp_complete)'
