const MAX_FUNCTION_LINES = 70;
const MAX_FILE_LINES = 400;

type FunctionNode =
  | Deno.lint.FunctionDeclaration
  | Deno.lint.FunctionExpression
  | Deno.lint.ArrowFunctionExpression;

function lineCount(text: string): number {
  let lines = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}

/** The house rules that a machine can hold; the rest is held by readers. */
const plugin: Deno.lint.Plugin = {
  name: "house",
  rules: {
    "short-functions": {
      create(context) {
        function check(node: FunctionNode) {
          const lines = lineCount(context.sourceCode.getText(node));
          if (lines > MAX_FUNCTION_LINES) {
            context.report({
              node,
              message: `Function has ${lines} lines: expected at most ${MAX_FUNCTION_LINES}`,
            });
          }
        }
        return {
          FunctionDeclaration: check,
          FunctionExpression: check,
          ArrowFunctionExpression: check,
        };
      },
    },
    "short-files": {
      create(context) {
        return {
          Program(node) {
            const lines = lineCount(context.sourceCode.text.trimEnd());
            if (lines > MAX_FILE_LINES) {
              context.report({
                node,
                message: `File has ${lines} lines: expected at most ${MAX_FILE_LINES}`,
              });
            }
          },
        };
      },
    },
    "exported-functions-are-declarations": {
      create(context) {
        const declared = "ExportNamedDeclaration > VariableDeclaration > VariableDeclarator";
        return {
          [`${declared}[init.type=/^(Arrow)?FunctionExpression$/]`](node: Deno.lint.Node) {
            context.report({ node, message: "Exported function is a value: declare it" });
          },
        };
      },
    },
    "two-arguments-and-options": {
      create(context) {
        function check(node: Deno.lint.FunctionDeclaration) {
          const positional = node.params.filter((param) =>
            param.type !== "RestElement" && param.type !== "ObjectPattern" &&
            param.type !== "AssignmentPattern" && !(param.type === "Identifier" && param.optional)
          );
          if (positional.length > 2 || node.params.length > 3) {
            context.report({
              node,
              message: "Exported function takes more than two arguments and options",
            });
          }
        }
        return {
          "ExportNamedDeclaration > FunctionDeclaration": check,
          "ExportDefaultDeclaration > FunctionDeclaration": check,
        };
      },
    },
    "telling-file-names": {
      create(context) {
        const banned = /(^|\/)(index|utils|helpers|common)\.tsx?$/;
        // The page router names the page of a folder so.
        const page = /\/routes\/(.*\/)?index\.tsx$/;
        return {
          Program(node) {
            if (banned.test(context.filename) && !page.test(context.filename)) {
              context.report({ node, message: "File name says nothing: name its subject" });
            }
          },
        };
      },
    },
  },
};

export default plugin;
