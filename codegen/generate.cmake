# asiaq_aws_service(<service>): a library of the generated client, linked into the layer asiaq_aws. Its folder and
# namespace are the service's name with '_' for '-'.
set(ASIAQ_BOTOCORE_DIR ${PROJECT_SOURCE_DIR}/build/botocore CACHE PATH
    "Unpacked source distribution of botocore: AWS's service models and test suites")
set(ASIAQ_GENERATED_DIR ${PROJECT_BINARY_DIR}/generated)

function(asiaq_aws_service service)
  set_property(GLOBAL APPEND PROPERTY ASIAQ_AWS_SERVICES ${service})
  set(model ${ASIAQ_BOTOCORE_DIR}/botocore/data/${service})
  set(operations ${PROJECT_SOURCE_DIR}/codegen/operations/${service})
  string(REPLACE - _ space ${service})
  set(folder ${ASIAQ_GENERATED_DIR}/aws/${space})
  file(GLOB_RECURSE model_files ${model}/*.json)
  if(NOT model_files)
    message(FATAL_ERROR "No model of ${service} below ${model}: run scripts/setup, or set ASIAQ_BOTOCORE_DIR")
  endif()
  set(generated)
  foreach(name client.cpp client.h rules.cpp tables.cpp tables.h types.h)
    list(APPEND generated ${folder}/${name})
  endforeach()
  add_custom_command(
    OUTPUT ${folder}/stamp
    BYPRODUCTS ${generated}
    COMMAND asiaq_awsgen client --model ${model} --operations ${operations} --output ${folder}
    COMMAND ${CMAKE_COMMAND} -E touch ${folder}/stamp
    DEPENDS asiaq_awsgen ${operations} ${model_files}
    COMMENT "Generating the client of ${service}"
    VERBATIM)
  add_custom_target(asiaq_aws_${service}_files DEPENDS ${folder}/stamp)
  add_library(asiaq_aws_${service} STATIC ${folder}/client.cpp ${folder}/rules.cpp ${folder}/tables.cpp)
  set_source_files_properties(${generated} PROPERTIES GENERATED TRUE)
  add_dependencies(asiaq_aws_${service} asiaq_aws_${service}_files)
  target_include_directories(asiaq_aws_${service} PUBLIC ${ASIAQ_GENERATED_DIR} ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(asiaq_aws_${service} PRIVATE asiaq_options)
  target_link_libraries(asiaq_aws PUBLIC asiaq_aws_${service})
  # The runtime is used by every client.
  target_link_libraries(asiaq_aws_${service} PUBLIC asiaq_aws)
  # Whoever uses the layer includes generated headers.
  add_dependencies(asiaq_aws asiaq_aws_${service}_files)
endfunction()

# The list of AWS's partitions and regions, which endpoint rules ask for.
function(asiaq_aws_partitions target)
  set(model ${ASIAQ_BOTOCORE_DIR}/botocore/data/partitions.json)
  set(generated ${ASIAQ_GENERATED_DIR}/aws/partitions.cpp)
  add_custom_command(
    OUTPUT ${generated}
    COMMAND asiaq_awsgen partitions --model ${model} --output ${generated}
    DEPENDS asiaq_awsgen ${model}
    COMMENT "Generating the list of partitions"
    VERBATIM)
endfunction()
