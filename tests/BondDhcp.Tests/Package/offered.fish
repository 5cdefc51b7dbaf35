# What fish offers for a line, one a line. Usage: fish offered.fish FILE LINE, completions being in the file.
source $argv[1]
for offer in (complete -C $argv[2])
    string split -f 1 -- \t $offer
end
exit 0
