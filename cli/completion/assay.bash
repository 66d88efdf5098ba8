# Completion of the command assay for bash.

# The options of a command: those that take a value end with "=".
_assay_options() {
    local common="--lang= --quiet --help"
    case $1 in
    run)
        echo "--dataset= --db= --csv= --copy= --as-of= --jobs= --memory= --spill-dir= --spill-limit= --report=" \
            "--format= --fail-on= --reveal= --pseudonym-key= --include-dir= --delimiter= --encoding= --null= --no-header --lenient" \
            "--proof= --proof-key= --proof-alg= --proof-epoch= --keep-fields --bridge-alg= --bridge-epoch= --bridge-key= --origin= --sign= --signer= --signer-command=" \
            "--store= --schema= --events= --notify-command= $common"
        ;;
    store) echo "--schema= --before= $common" ;;
    tickets)
        echo "--store= --schema= --pack= --include-dir= --dataset= --rule= --source= --owner= --severity= --state= --due-before= --due-until=" \
            "--key= --who= --remark= --to= --days= --day= --format= --output= --events= --notify-command= $common"
        ;;
    "verify data" | prove)
        echo "--proof= --proof-key= --signer= --dataset= --run= --db= --csv= --copy= --jobs= --memory= --spill-dir=" \
            "--pseudonym-key= --include-dir= --delimiter= --encoding= --null= --no-header $([ "$1" = prove ] && echo --key= --absent || echo --reveal=) $common"
        ;;
    scan)
        echo "--dataset= --job= --chunk= --of= --as-of= --output= --lines --label= --place= --db= --table= --range= --snapshot= --csv= --copy=" \
            "--memory= --spill-dir= --spill-limit= --include-dir= --delimiter= --encoding= --null= --no-header --lenient $common"
        ;;
    merge)
        echo "--dataset= --allow-missing --output= --line --as-of= --report= --format= --fail-on= --reveal= --pseudonym-key= --memory= --spill-dir= --spill-limit= --include-dir= $common"
        ;;
    lint) echo "--include-dir= --fail-on= $common" ;;
    explain)
        echo "--pack= --key= --db= --csv= --copy= --as-of= --reveal= --pseudonym-key= --include-dir= --delimiter= --encoding= --null= --no-header $common"
        ;;
    key) echo "--sm2 --ed25519 --name= --pem --sign= --reason= $common" ;;
    verify) echo "--signer= --since= --snapshots --proof= --findings= --format= $common" ;;
    checks | standards | version) echo "$common" ;;
    esac
}

# The values of an option of a command: words, or files.
_assay_values() {
    local command=$1 option=$2 current=$3 words=""
    case $command$option in
    *--lang) words="en zh" ;;
    run--format | merge--format) words="text json ndjson" ;;
    run--proof-alg | run--bridge-alg) words="sm3 sha256" ;;
    run--fail-on | merge--fail-on) words="fail warn" ;;
    tickets--format) words="text json csv ndjson xlsx sql" ;;
    lint--fail-on) words="error warn" ;;
    verify--format) words="text json" ;;
    *--delimiter) words="tab comma semicolon" ;;
    *--encoding) words="UTF-8 GB18030" ;;
    *--include-dir | *--report | *--spill-dir | *--proof)
        mapfile -t COMPREPLY < <(compgen -d -- "$current")
        return
        ;;
    run--csv | run--copy | run--sign | key--sign) # NAME=FILE
        mapfile -t COMPREPLY < <(compgen -f -- "${current#*=}")
        return
        ;;
    *--csv | *--copy | *--output | *--pack | *--pseudonym-key | *--proof-key | *--bridge-key | verify--since | verify--findings)
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
        return
        ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}

_assay() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]} options
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "run scan merge lint explain key verify prove store tickets checks standards version --help --version" -- "$current")
        return
    fi
    [ "$COMP_CWORD" -le 2 ] || [ "$command ${COMP_WORDS[2]}" != "verify data" ] || command="verify data"
    # "=" is a word of its own in COMP_WORDS
    [ "$current" != "=" ] || { previous="$previous=" current=""; }
    [ "$previous" != "=" ] || previous="${COMP_WORDS[COMP_CWORD - 2]}="
    options=" $(_assay_options "$command") "
    if [[ $previous == --* && $options == *" ${previous%=}= "* ]]; then
        _assay_values "$command" "${previous%=}" "$current"
    elif [ "$COMP_CWORD" -eq 2 ] && [[ $current != -* && $command == key ]]; then
        mapfile -t COMPREPLY < <(compgen -W "new public rotate" -- "$current")
    elif [ "$COMP_CWORD" -eq 2 ] && [[ $current != -* && $command == verify ]]; then
        mapfile -t COMPREPLY < <(compgen -W "log report data" -- "$current")
    elif [ "$COMP_CWORD" -eq 2 ] && [[ $current != -* && $command == store ]]; then
        mapfile -t COMPREPLY < <(compgen -W "init upgrade check export prune" -- "$current")
    elif [ "$COMP_CWORD" -eq 2 ] && [[ $current != -* && $command == tickets ]]; then
        mapfile -t COMPREPLY < <(compgen -W "list show marks dispatch confirm reject correct return transfer extend dispute close \
            reopen export import" -- "$current")
    elif [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "${options//=/}" -- "$current")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
    fi
}

complete -o filenames -F _assay assay
