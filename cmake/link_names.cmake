# Makes links to `asiaq` in FOLDER for every name that PROGRAM says it answers to.
execute_process(COMMAND ${PROGRAM} --program-names OUTPUT_VARIABLE names
                OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
string(REPLACE "\n" ";" names "${names}")
foreach(name ${names})
  file(CREATE_LINK asiaq ${FOLDER}/${name} SYMBOLIC)
endforeach()
